package io.harpc.security;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

import io.harpc.Identity;
import io.harpc.security.SharedKey.Transcript;
import org.jspecify.annotations.Nullable;

/**
 * What a server knows its clients by: any of some keys, or what its authenticators find
 * out. Counts what came of it. Thread-safe.
 */
public final class ServerAuthentication {

	private static final int NONCE_BYTES = 32;

	private final boolean required;

	private final Map<String, AcceptedKey> keys = new HashMap<>();

	private final List<Authenticator> authenticators;

	private final Clock clock;

	private final SecureRandom random = new SecureRandom();

	/** Takes the place of every key that is not known, so that nobody sees which are. */
	private final AcceptedKey stranger;

	private final LongAdder[] counts = counters();

	/**
	 * Creates it.
	 * @param required whether a client that shows nothing is refused; one that shows what
	 * is wrong always is
	 * @param keys all are accepted, so that one can take the place of another while both
	 * are in use
	 * @param authenticators asked in this order about clients that have no key
	 */
	public ServerAuthentication(boolean required, List<AcceptedKey> keys, List<Authenticator> authenticators) {
		this(required, keys, authenticators, Clock.systemUTC());
	}

	ServerAuthentication(boolean required, List<AcceptedKey> keys, List<Authenticator> authenticators, Clock clock) {
		this.required = required;
		this.authenticators = List.copyOf(authenticators);
		this.clock = clock;
		this.stranger = new AcceptedKey(new SharedKey("unknown", randomBytes(SharedKey.MIN_SECRET_BYTES)),
				new Identity("unknown", Set.of()));
		for (AcceptedKey key : keys) {
			if (this.keys.put(key.key().name(), key) != null) {
				throw new IllegalArgumentException(
						"key name: " + key.key().name() + " (expected: one that no other has)");
			}
		}
	}

	/**
	 * Answers a client that has a key to prove. Does the same whether the key is known or
	 * not, and does not block.
	 * @param keyName what the client calls its key
	 * @param hello the payload of its hello
	 * @param incarnation what the server calls itself
	 * @param channelBinding that of the connection, empty in plain text
	 * @return what to send, and to check the answer with
	 * @throws AuthenticationException if that is no name of a key
	 */
	public Challenge challenge(String keyName, byte[] hello, String incarnation, byte[] channelBinding)
			throws AuthenticationException {
		if (!SharedKey.isName(keyName)) {
			counted(Scheme.KEY, Result.REFUSED);
			throw new AuthenticationException(
					"the name of the key cannot be one (expected: 1 to 32 letters, digits, '-' and '_')");
		}
		AcceptedKey key = this.keys.getOrDefault(keyName, this.stranger);
		Transcript transcript = new Transcript(hello, incarnation, randomBytes(NONCE_BYTES), channelBinding);
		return new Challenge(key, key != this.stranger, keyName, transcript, (result) -> counted(Scheme.KEY, result));
	}

	private byte[] randomBytes(int count) {
		byte[] bytes = new byte[count];
		this.random.nextBytes(bytes);
		return bytes;
	}

	/**
	 * Whether {@link #authenticate} may block.
	 * @return {@code false} if nobody has to be asked
	 */
	public boolean mayBlock() {
		return !this.authenticators.isEmpty();
	}

	/**
	 * Finds out who a client is that has no key.
	 * @param credentials what it has shown
	 * @return who it is, {@code null} if it showed nothing and need not
	 * @throws AuthenticationException if it is refused
	 */
	public @Nullable Authentication authenticate(Credentials credentials) throws AuthenticationException {
		Result result = Result.REFUSED;
		try {
			Authentication found = ask(credentials);
			result = Result.ACCEPTED;
			return found;
		}
		finally {
			counted(credentials.scheme(), result);
		}
	}

	private @Nullable Authentication ask(Credentials credentials) throws AuthenticationException {
		for (Authenticator authenticator : this.authenticators) {
			Authentication found = authenticator.authenticate(credentials);
			if (found != null) {
				if (found.until() != null && !found.until().isAfter(this.clock.instant())) {
					throw new AuthenticationException("what proves " + found.identity().name() + " has expired, at "
							+ found.until() + " by the server's clock");
				}
				return found;
			}
		}
		if (this.required) {
			throw new AuthenticationException("authentication is required"
					+ ((credentials.scheme() != Scheme.NONE) ? ", and nobody here takes a " + credentials.scheme() : "")
					+ " (expected: " + expected() + ")");
		}
		return null;
	}

	private String expected() {
		String key = "a key, by ha-rpc.client.authentication.key-id and secret at the client";
		if (!mayBlock()) {
			return key;
		}
		return (this.keys.isEmpty() ? "" : key + "; or ") + "a token, by a TokenSource there, or a certificate, by"
				+ " the SSL bundle of ha-rpc.client.ssl.bundle";
	}

	/**
	 * How long something is still valid.
	 * @param until when it ends
	 * @return the time until then
	 */
	public Duration validFor(Instant until) {
		return Duration.between(this.clock.instant(), until);
	}

	/**
	 * How many connections were accepted, or refused, since the start.
	 * @param scheme by what their clients said who they are
	 * @param result which of both
	 * @return the number
	 */
	public long count(Scheme scheme, Result result) {
		return counter(scheme, result).sum();
	}

	private void counted(Scheme scheme, Result result) {
		counter(scheme, result).increment();
	}

	private LongAdder counter(Scheme scheme, Result result) {
		return this.counts[scheme.ordinal() * Result.values().length + result.ordinal()];
	}

	private static LongAdder[] counters() {
		LongAdder[] counters = new LongAdder[Scheme.values().length * Result.values().length];
		Arrays.setAll(counters, (index) -> new LongAdder());
		return counters;
	}

	/** What came of it. */
	public enum Result {

		/** The client is who it says. */
		ACCEPTED,

		/** It is not, or does not say. */
		REFUSED

	}

	/**
	 * A key, and who is known by it.
	 *
	 * @param key the key
	 * @param identity who
	 */
	public record AcceptedKey(SharedKey key, Identity identity) {

	}

}
