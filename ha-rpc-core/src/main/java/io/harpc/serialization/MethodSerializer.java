package io.harpc.serialization;

import java.io.IOException;
import java.io.OutputStream;

import org.jspecify.annotations.Nullable;

/**
 * Writes and reads what one method takes, returns and throws. Called by any number of
 * threads at once; it neither blocks nor keeps what it is given.
 * <p>
 * A stream to write to is left open, and takes few large writes. After an
 * {@link IOException} it holds an unknown part of the payload. What is read comes from
 * outside: anything that does not fit the declared types ends in an {@link IOException},
 * however it was made.
 */
public interface MethodSerializer {

	/**
	 * Writes the arguments of a call.
	 * @param arguments the arguments in order, {@code null} for none
	 * @param out where to
	 * @throws IOException if an argument cannot be written
	 */
	void writeArguments(@Nullable Object @Nullable [] arguments, OutputStream out) throws IOException;

	/**
	 * Reads the arguments of a call.
	 * @param bytes holds the payload; not changed, but may become part of what is
	 * returned
	 * @param offset where the payload begins
	 * @param length its length
	 * @return as many arguments as the method has parameters
	 * @throws IOException if the payload is not what such a method takes
	 */
	@Nullable Object[] readArguments(byte[] bytes, int offset, int length) throws IOException;

	/**
	 * Writes the result of a call.
	 * @param result the result, the value of the future where the method returns one
	 * @param out where to
	 * @throws IOException if the result cannot be written
	 */
	void writeResult(@Nullable Object result, OutputStream out) throws IOException;

	/**
	 * Reads the result of a call.
	 * @param bytes holds the payload; not changed, but may become part of what is
	 * returned
	 * @param offset where the payload begins
	 * @param length its length
	 * @return the result
	 * @throws IOException if the payload is not what such a method returns
	 */
	@Nullable Object readResult(byte[] bytes, int offset, int length) throws IOException;

	/**
	 * Writes what the method threw. Fields that cannot be written are left out, texts are
	 * cut to a fixed length, and causes stay here.
	 * @param thrown what it threw
	 * @param includeStackTrace whether the stack trace may leave this process
	 * @param out where to
	 * @throws IOException if the stream refuses the bytes
	 */
	void writeException(Throwable thrown, boolean includeStackTrace, OutputStream out) throws IOException;

	/**
	 * Reads what the method threw. Only a type that the method declares is ever built; if
	 * that fails, what remains is its name and message.
	 * @param bytes holds the payload; not changed
	 * @param offset where the payload begins
	 * @param length its length
	 * @return the failure
	 * @throws IOException if the payload does not describe an exception
	 */
	RemoteFailure readException(byte[] bytes, int offset, int length) throws IOException;

}
