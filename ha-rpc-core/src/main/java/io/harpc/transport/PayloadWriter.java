package io.harpc.transport;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes the payload of one frame. May be called again for the same call, once for each
 * attempt.
 */
@FunctionalInterface
public interface PayloadWriter {

	/** Writes nothing. */
	PayloadWriter EMPTY = (out) -> {
	};

	/**
	 * Writes the payload.
	 * @param out a buffer, not to be kept or closed
	 * @throws IOException if the payload cannot be written
	 */
	void writeTo(OutputStream out) throws IOException;

}
