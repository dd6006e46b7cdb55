package io.harpc.protocol;

import java.io.IOException;

/**
 * The peer sent something that the protocol does not allow. The connection cannot go on,
 * because where the next frame begins is unknown.
 */
public class ProtocolException extends IOException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param message what was found and what was expected
	 */
	public ProtocolException(String message) {
		super(message);
	}

}
