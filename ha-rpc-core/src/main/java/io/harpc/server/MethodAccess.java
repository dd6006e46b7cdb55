package io.harpc.server;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

import io.harpc.ForwardedIdentity;
import io.harpc.Identity;
import io.harpc.method.MethodDescriptor;
import io.harpc.protocol.Status;
import io.harpc.transport.RefusedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Decides who may call one method. Asked for every call, on the thread that reads: a call
 * that is let in costs a few lookups and no memory, apart from what an {@link Authorizer}
 * takes. Thread-safe.
 */
final class MethodAccess {

	private static final Logger logger = LoggerFactory.getLogger(MethodAccess.class);

	private final MethodDescriptor method;

	private final AuthorizationSettings settings;

	/** Whether a call needs something that permits it. */
	private final boolean on;

	/** All of which must permit a call. */
	private final Permission[] permissions;

	private final Authorizer[] authorizers;

	private final LongAdder denied;

	private final AtomicBoolean warned = new AtomicBoolean();

	MethodAccess(MethodDescriptor method, AuthorizationSettings settings, boolean on, Permission[] permissions,
			LongAdder denied) {
		this.method = method;
		this.settings = settings;
		this.on = on;
		this.permissions = permissions;
		this.authorizers = settings.authorizers().toArray(Authorizer[]::new);
		this.denied = denied;
	}

	MethodDescriptor method() {
		return this.method;
	}

	/**
	 * Refuses a call unless its caller may make it and, if it is made on somebody's
	 * behalf, so may that one.
	 * @param caller who calls
	 * @param peer its address
	 * @param headers what it sent along
	 * @throws RefusedException if it may not
	 */
	void check(@Nullable Identity caller, String peer, Map<String, String> headers) throws RefusedException {
		Identity original = headers.isEmpty() ? null : original(headers);
		String objection = (original != null && !mayForward(caller)) ? "the caller may not call on behalf of others"
				: objection(caller);
		if (objection == null && original != null) {
			objection = objection(original);
		}
		if (objection != null) {
			throw new RefusedException(status(caller), denied(
					new DeniedCall(caller, original, peer, this.method.service(), this.method.signature(), objection)));
		}
	}

	private static @Nullable Identity original(Map<String, String> headers) throws RefusedException {
		try {
			return ForwardedIdentity.read(headers);
		}
		catch (IllegalArgumentException ex) {
			throw new RefusedException(Status.MALFORMED, "header " + ForwardedIdentity.HEADER + ": " + ex.getMessage());
		}
	}

	private boolean mayForward(@Nullable Identity caller) {
		return caller != null && this.settings.forwarders().contains(caller.name());
	}

	private @Nullable String objection(@Nullable Identity identity) {
		for (Permission permission : this.permissions) {
			if (!permission.permits(identity)) {
				return "a rule or an annotation";
			}
		}
		boolean permitted = !this.on || this.permissions.length > 0;
		for (Authorizer authorizer : this.authorizers) {
			Authorizer.Decision decision = ask(authorizer, identity);
			if (decision.verdict() == Authorizer.Verdict.DENIED) {
				return decision.reason();
			}
			permitted |= decision.verdict() == Authorizer.Verdict.PERMITTED;
		}
		return permitted ? null : "nothing permits it";
	}

	private Authorizer.Decision ask(Authorizer authorizer, @Nullable Identity identity) {
		try {
			return Objects.requireNonNull(authorizer.decide(identity, this.method), "no decision");
		}
		catch (RuntimeException | Error ex) {
			logger.atLevel(this.warned.getAndSet(true) ? Level.DEBUG : Level.WARN)
				.log("{} cannot say who may call {}, so nobody may; more of this kind is logged at DEBUG", authorizer,
						this.method, ex);
			return Authorizer.Decision.deny("an authorizer failed with " + ex.getClass().getName());
		}
	}

	/**
	 * {@return whether a check around the bean refused a call, before the bean's code
	 * ran}
	 */
	boolean isRefusal(Object bean, Throwable thrown) {
		return this.settings.beanChecks().isRefusal(bean, thrown);
	}

	/**
	 * {@return what a caller is told who may not call}
	 */
	Status status(@Nullable Identity caller) {
		return (caller == null && !isClosed()) ? Status.UNAUTHENTICATED : Status.FORBIDDEN;
	}

	/** Whether there is nobody at all who may call, whatever he proves. */
	private boolean isClosed() {
		for (Permission permission : this.permissions) {
			if (permission.isOfNobody()) {
				return true;
			}
		}
		return this.on && this.permissions.length == 0 && this.authorizers.length == 0;
	}

	/**
	 * Takes note of a call that is refused.
	 * @param call the call
	 * @return what its caller is told, who need not know by which rule
	 */
	String denied(DeniedCall call) {
		this.denied.increment();
		logger.debug("Refused: {}", call);
		this.settings.listener().accept(call);
		Identity caller = call.identity();
		Identity original = call.onBehalfOf();
		return ((caller != null) ? caller.name() : "Who has not proven who it is")
				+ ((original != null) ? ", on behalf of " + original.name() + "," : "") + " may not call " + this.method
				+ ": the server's rules forbid it";
	}

}
