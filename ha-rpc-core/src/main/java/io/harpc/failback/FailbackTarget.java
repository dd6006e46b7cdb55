package io.harpc.failback;

import java.io.IOException;
import java.util.function.Consumer;

import io.harpc.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * Makes the calls of one reference. Asked on the thread of the journal, so it must not
 * block.
 */
public interface FailbackTarget {

	/**
	 * Prepares a try: decodes the arguments and chooses the instance. Nothing leaves yet.
	 * @param call the call
	 * @param first the first try, if the outcome of it is not known; then only the run of
	 * the server that it went to may be chosen
	 * @return what sends it, or {@code null} if there is no instance for it now
	 * @throws IOException if this program cannot make the call at all: it has no such
	 * method any more, or the arguments are not what the method takes
	 */
	@Nullable Try prepare(FailbackCall call, @Nullable FirstTry first) throws IOException;

	/** A try that is ready to be sent. */
	interface Try {

		/**
		 * Which run of which server it goes to, to be put on record before it is sent.
		 * @return the incarnation, or {@code null} if another may be asked after this
		 * one, whatever comes of it
		 */
		@Nullable String incarnation();

		/**
		 * Sends it. Called at most once.
		 * @param answer told the result, exactly once, on any thread
		 */
		void send(Consumer<Result> answer);

	}

	/**
	 * What came of a try.
	 *
	 * @param outcome the outcome
	 * @param repeatable whether a further try is safe, and may end otherwise
	 * @param description what happened, for a person to read
	 */
	record Result(Outcome outcome, boolean repeatable, String description) {

	}

}
