package io.harpc;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Sees every call begin and end, at the client and at the server: the seam for metrics
 * and tracing. Called on the path of a call, so it must neither block nor throw.
 * Thread-safe.
 */
public interface CallObserver {

	/** Observes nothing. */
	CallObserver NONE = (side, service, method, headers) -> Observed.NOTHING;

	/**
	 * A call begins.
	 * @param side which end of the call this is
	 * @param service the service called
	 * @param method the method's plain name
	 * @param headers what came with the call; empty at the client, which asks for
	 * {@link Observed#headers()}
	 * @return what to tell of the rest of the call
	 */
	Observed begin(Side side, ServiceKey service, String method, Map<String, String> headers);

	/** The end of a call that is observed. */
	enum Side {

		/** The process that calls. */
		CLIENT,

		/** The process that answers. */
		SERVER

	}

	/**
	 * One call under observation.
	 */
	interface Observed {

		/** Tells nobody. */
		Observed NOTHING = (outcome, error) -> {
		};

		/**
		 * What is to travel with the call, for the server's observer to read. Asked for
		 * once, at the client.
		 * @return the headers, which do not change any more
		 */
		default Map<String, String> headers() {
			return Map.of();
		}

		/**
		 * Makes this call the current one of the thread while a handler runs. The
		 * {@link CallContext} is known there.
		 * @return to be closed on the same thread when the handler has returned
		 */
		default Scope open() {
			return () -> {
			};
		}

		/**
		 * The call ended. Called once, on any thread.
		 * @param outcome what came of it
		 * @param error what the caller gets thrown, if anything
		 */
		void end(Outcome outcome, @Nullable Throwable error);

	}

	/** Ends what {@link Observed#open()} began. */
	interface Scope extends AutoCloseable {

		@Override
		void close();

	}

}
