package io.harpc.transport;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

import io.harpc.Deadline;
import io.harpc.Outcome;
import io.harpc.protocol.FrameBuffer;
import io.harpc.protocol.FrameReader;
import io.harpc.protocol.Status;
import io.harpc.transport.TransportException.Kind;

/**
 * What a channel gives back, for tests of what stands on one.
 */
public final class Answers {

	private static final int MAX_FRAME_SIZE = 1 << 20;

	private Answers() {
	}

	public static Response of(Status status, Duration retryAfter, byte[] payload) {
		try {
			FrameBuffer buffer = new FrameBuffer();
			buffer.beginResponse(1, status, retryAfter.toNanos(), MAX_FRAME_SIZE, 0);
			buffer.write(payload);
			buffer.finish();
			FrameReader reader = new FrameReader(new ByteArrayInputStream(buffer.array(), 0, buffer.size()),
					MAX_FRAME_SIZE);
			reader.fill();
			return new Response(Objects.requireNonNull(reader.next()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Sends a request without blocking, for who need not know that its answer is late.
	 */
	public static Runnable callAsync(Channel channel, long method, Deadline deadline, Map<String, String> headers,
			PayloadWriter payload, LateAnswer answer) {
		return channel.callAsync(method, deadline, headers, payload, deadline.nanoTime(), answer);
	}

	public static TransportException failure(Kind kind, Outcome outcome, String message) {
		return new TransportException(kind, outcome, message);
	}

}
