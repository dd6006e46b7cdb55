package io.harpc.server;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import io.harpc.CallContext;
import io.harpc.CallObserver;
import io.harpc.Deadline;
import io.harpc.ForwardedIdentity;
import io.harpc.Identity;
import io.harpc.method.MethodDescriptor;
import io.harpc.protocol.IdempotencyRetry;
import io.harpc.protocol.Status;
import io.harpc.resilience.CallGate;
import io.harpc.serialization.MethodSerializer;
import io.harpc.transport.Answer;
import io.harpc.transport.RefusedException;
import io.harpc.transport.Request;
import io.harpc.transport.RequestHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Runs the calls of one method: decodes the arguments, invokes the bean, answers with
 * what came of it, be it at once or when the stage it returned is complete.
 */
final class MethodHandler extends RequestHandler {

	private static final Logger logger = LoggerFactory.getLogger(MethodHandler.class);

	/** Of so many kinds of exceptions, for each method. */
	private static final int MAX_WARNINGS = 20;

	private final MethodDescriptor method;

	/** As the container made it, so that a proxy around it takes part in the call. */
	private final Object bean;

	private final MethodSerializer serializer;

	private final ServerContext context;

	private final CallGate gate;

	private final MethodAccess access;

	/**
	 * What the method has thrown without declaring it: each is worth a warning once. Who
	 * can have it throw one after the other is not to fill the log.
	 */
	private final Set<Class<?>> undeclared = ConcurrentHashMap.newKeySet();

	MethodHandler(MethodAccess access, Object bean, MethodSerializer serializer, ServerContext context, CallGate gate) {
		this.access = access;
		this.method = access.method();
		this.bean = bean;
		this.serializer = serializer;
		this.context = context;
		this.gate = gate;
		// For interfaces that are not public, as many of an application's own are.
		this.method.method().trySetAccessible();
	}

	@Override
	protected void authorize(@Nullable Identity caller, String peer, Map<String, String> headers)
			throws RefusedException {
		this.access.check(caller, peer, headers);
	}

	@Override
	protected void enter() throws RefusedException {
		CallGate.Refusal refusal = this.gate.tryEnter(usualNanos());
		if (refusal != null) {
			throw new RefusedException(Status.BUSY, refusal.reason(), refusal.retryAfter());
		}
	}

	@Override
	protected void leave() {
		this.gate.leave();
	}

	@Override
	protected void refused(Status status, Map<String, String> headers) {
		observe(headers).end(status.outcome(), null);
	}

	private CallObserver.Observed observe(Map<String, String> headers) {
		return this.context.observer()
			.begin(CallObserver.Side.SERVER, this.method.service(), this.method.name(), headers);
	}

	@Override
	protected void handle(Request request, Answer answer) {
		CallObserver.Observed observed = observe(request.headers());
		CallContext call = new CallContext(this.method.service(), this.method.signature(), request.peer(),
				request.deadline(), request.headers(), request.identity(), ForwardedIdentity.read(request.headers()));
		String key = request.headers().get(IdempotencyRetry.KEY_HEADER);
		if (key == null) {
			serve(request, call, new CallReply(answer, observed));
			return;
		}
		ReplayEntry entry = this.context.replays()
			.find(this.method.id(), owner(call), key, request.headers().get(IdempotencyRetry.HEADER));
		if (!entry.begin()) {
			entry.replay(answer, request.deadline(), observed);
			return;
		}
		try {
			serve(request, call, new CallReply(entry.recording(answer), observed));
		}
		catch (RuntimeException | Error ex) {
			entry.lost();
			throw ex;
		}
	}

	/**
	 * {@return whose keys the call's are: those of its caller, and of the one on whose
	 * behalf it calls; empty if nobody has proven who it is}
	 */
	private static String owner(CallContext call) {
		Identity caller = call.identity();
		if (caller == null) {
			return "";
		}
		Identity original = call.onBehalfOf();
		// Line feeds are in no name.
		return (original != null) ? caller.name() + '\n' + original.name() : caller.name();
	}

	private void serve(Request request, CallContext call, CallReply reply) {
		@Nullable Object[] arguments;
		try {
			arguments = this.serializer.readArguments(request.payload(), request.offset(), request.length());
		}
		catch (IOException | RuntimeException ex) {
			reply.refuse(Status.MALFORMED, (ex instanceof IOException) ? String.valueOf(ex.getMessage())
					: this.method + ": the arguments cannot be read because of " + ex.getClass().getName(), ex);
			return;
		}
		run(call, arguments, reply);
	}

	private void run(CallContext call, @Nullable Object[] arguments, CallReply reply) {
		Object result = null;
		Throwable thrown = null;
		try {
			result = call.call(() -> invoke(arguments, reply.observed()));
		}
		catch (Exception | Error ex) {
			// Errors too: whatever happens in a handler, its caller must hear of it.
			thrown = ex;
		}
		if (thrown != null && !isDeclared(thrown) && this.access.isRefusal(this.bean, thrown)) {
			refuse(thrown, call, reply);
		}
		else if (thrown != null) {
			threw(thrown, reply);
		}
		else if (this.method.isAsync()) {
			answerWhenComplete((CompletionStage<?>) result, call.deadline(), reply);
		}
		else {
			returned(result, reply);
		}
	}

	private @Nullable Object invoke(@Nullable Object[] arguments, CallObserver.Observed observed) throws Exception {
		CallObserver.Scope scope = observed.open();
		try {
			return this.method.method().invoke(this.bean, arguments);
		}
		catch (InvocationTargetException ex) {
			if (ex.getCause() instanceof Exception cause) {
				throw cause;
			}
			if (ex.getCause() instanceof Error cause) {
				throw cause;
			}
			throw ex;
		}
		finally {
			scope.close();
		}
	}

	/**
	 * A stage that is not complete at the deadline is given up, so that no call is kept
	 * for ever. What it completes with after that may still be of use to a second try.
	 */
	private void answerWhenComplete(@Nullable CompletionStage<?> stage, Deadline deadline, CallReply reply) {
		if (stage == null) {
			threw(new NullPointerException(this.method.signature() + " returned null (expected: a CompletionStage)"),
					reply);
			return;
		}
		CompletableFuture<@Nullable Object> inTime = new CompletableFuture<>();
		stage.whenComplete((result, thrown) -> {
			CallReply to = inTime.complete(null) ? reply : reply.afterwards();
			if (thrown != null) {
				threw(thrown, to);
			}
			else {
				returned(result, to);
			}
		});
		if (!inTime.isDone()) {
			inTime.orTimeout(Math.max(deadline.remainingNanos(), 0), TimeUnit.NANOSECONDS).exceptionally((late) -> {
				reply.giveUp(late);
				return null;
			});
		}
	}

	private void returned(@Nullable Object result, CallReply reply) {
		reply.ok((out) -> this.serializer.writeResult(result, out));
	}

	/** A check around the bean has refused the call. */
	private void refuse(Throwable thrown, CallContext call, CallReply reply) {
		String told = this.access.denied(new DeniedCall(call.identity(), call.onBehalfOf(), call.peer(), call.service(),
				call.method(), "the bean's own check: " + thrown.getClass().getName()));
		reply.refuse(this.access.status(call.identity()), told, thrown);
	}

	private void threw(Throwable wrapped, CallReply reply) {
		Throwable thrown = unwrap(wrapped);
		if (!isDeclared(thrown)) {
			noteUndeclared(thrown);
		}
		reply.exception(thrown, (out) -> this.serializer.writeException(thrown, this.context.includeStackTrace(), out));
	}

	private static Throwable unwrap(Throwable thrown) {
		Throwable cause = thrown.getCause();
		boolean wrapper = thrown instanceof CompletionException || thrown instanceof UndeclaredThrowableException;
		return (wrapper && cause != null) ? cause : thrown;
	}

	private boolean isDeclared(Throwable thrown) {
		return this.method.declaredExceptions().stream().anyMatch((declared) -> declared.isInstance(thrown));
	}

	/** The stack trace does not travel, so it must be found here. */
	private void noteUndeclared(Throwable thrown) {
		this.context.load().failed();
		boolean news = this.undeclared.size() < MAX_WARNINGS && this.undeclared.add(thrown.getClass());
		try {
			logger.atLevel(news ? Level.WARN : Level.DEBUG)
				.log("{} threw an exception that it does not declare; more of this kind are logged at DEBUG",
						this.method, thrown);
		}
		catch (RuntimeException | Error ex) {
			// An exception that cannot say its message; its caller must hear of it still.
			logger.warn("{} threw {}, which cannot be logged because of {}", this.method, thrown.getClass(),
					ex.getClass());
		}
	}

}
