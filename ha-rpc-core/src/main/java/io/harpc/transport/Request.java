package io.harpc.transport;

import java.util.Map;

import io.harpc.Deadline;
import io.harpc.Identity;
import org.jspecify.annotations.Nullable;

/**
 * One request, as a handler sees it.
 */
public interface Request {

	/**
	 * The array that holds the payload.
	 * @return the array, the handler's own
	 */
	byte[] payload();

	/**
	 * Where the payload begins.
	 * @return the offset within {@link #payload()}
	 */
	int offset();

	/**
	 * How long the payload is.
	 * @return the length in bytes
	 */
	int length();

	/**
	 * What the caller sent along.
	 * @return the headers, empty for most calls
	 */
	Map<String, String> headers();

	/**
	 * When the caller stops waiting.
	 * @return the deadline, on the clock of this process
	 */
	Deadline deadline();

	/**
	 * Where the call comes from.
	 * @return the address of the other end of the connection
	 */
	String peer();

	/**
	 * Who calls.
	 * @return what the other end of the connection has proven to be, {@code null} if it
	 * has proven nothing
	 */
	@Nullable Identity identity();

}
