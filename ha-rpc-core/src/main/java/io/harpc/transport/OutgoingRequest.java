package io.harpc.transport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;

import io.harpc.Deadline;
import io.harpc.protocol.FrameBuffer;
import io.harpc.transport.TransportException.Kind;

/**
 * What a request consists of, before it has a connection.
 *
 * @param methodId the method
 * @param deadline when nobody waits any more
 * @param headers what travels with the call
 * @param payload writes the arguments
 */
record OutgoingRequest(long methodId, Deadline deadline, Map<String, String> headers, PayloadWriter payload) {

	/**
	 * Writes the arguments now, for a caller that may be gone when the request is sent.
	 */
	OutgoingRequest written() throws TransportException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try {
			this.payload.writeTo(bytes);
		}
		catch (IOException | RuntimeException | StackOverflowError ex) {
			throw unwritable(ex);
		}
		return new OutgoingRequest(this.methodId, this.deadline, this.headers, bytes::writeTo);
	}

	/** Puts the frame together. */
	void encode(FrameBuffer frame, long callId, int maxFrameSize) throws TransportException {
		long remaining = this.deadline.remainingNanos();
		if (remaining <= 0) {
			throw TransportException.notSent(Kind.TIMEOUT, "the deadline passed before the request was sent");
		}
		try {
			frame.beginRequest(callId, this.methodId, remaining, this.headers, maxFrameSize);
			this.payload.writeTo(frame);
			frame.finish();
		}
		catch (IOException | RuntimeException | StackOverflowError ex) {
			if (frame.isTooLarge()) {
				throw TransportException.rejected(Kind.TOO_LARGE,
						"the request takes more than max-frame-size, " + maxFrameSize + " bytes", ex);
			}
			throw unwritable(ex);
		}
	}

	private static TransportException unwritable(Throwable ex) {
		return TransportException.rejected(Kind.ENCODING, "the arguments cannot be written: " + ex, ex);
	}

}
