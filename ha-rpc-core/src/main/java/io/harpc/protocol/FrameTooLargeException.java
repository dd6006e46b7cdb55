package io.harpc.protocol;

/**
 * A frame is larger than the limit: on its way out it was refused before a byte of it was
 * sent, on its way in before memory was taken for it.
 */
public class FrameTooLargeException extends ProtocolException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param size the size in bytes as far as it is known
	 * @param limit the limit in bytes
	 */
	public FrameTooLargeException(long size, int limit) {
		super("frame of " + size + " bytes or more (expected: at most max-frame-size, " + limit + " bytes)");
	}

}
