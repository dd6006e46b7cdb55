package io.harpc;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Carries on for whom a call is made: an observer at the client that tells, with each
 * call made while another is served, whom that one is for. A server believes it only of
 * callers that it has been told to trust, and refuses it from all others. Stateless.
 */
public final class ForwardedIdentity implements CallObserver {

	/** Who it is: a name and then the roles, with a line feed before each. */
	public static final String HEADER = "on-behalf-of";

	private static final String SEPARATOR = "\n";

	@Override
	public Observed begin(Side side, ServiceKey service, String method, Map<String, String> headers) {
		CallContext context = (side == Side.CLIENT) ? CallContext.current() : null;
		Identity identity = (context != null) ? context.effectiveIdentity() : null;
		return (identity != null) ? new Forwarding(Map.of(HEADER, text(identity))) : Observed.NOTHING;
	}

	private static String text(Identity identity) {
		StringBuilder text = new StringBuilder(identity.name());
		identity.roles().stream().sorted().forEach((role) -> text.append(SEPARATOR).append(role));
		return text.toString();
	}

	/**
	 * Reads for whom a call is said to be made.
	 * @param headers the headers of the call
	 * @return who it is, to be believed only of those who may say so; {@code null} if
	 * nothing is said
	 * @throws IllegalArgumentException if it is not well formed
	 */
	public static @Nullable Identity read(Map<String, String> headers) {
		String text = headers.get(HEADER);
		if (text == null) {
			return null;
		}
		String[] parts = text.split(SEPARATOR, -1);
		return new Identity(parts[0], Set.copyOf(Arrays.asList(parts).subList(1, parts.length)));
	}

	private record Forwarding(Map<String, String> headers) implements Observed {

		@Override
		public void end(Outcome outcome, @Nullable Throwable error) {
			// Nobody asks what came of it.
		}

	}

}
