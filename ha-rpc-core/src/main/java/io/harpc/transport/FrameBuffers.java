package io.harpc.transport;

import java.util.concurrent.ArrayBlockingQueue;

import io.harpc.protocol.FrameBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Buffers to put frames together in, used again and again: one for each platform thread,
 * and a few that all virtual threads share, because those come by the thousand.
 */
final class FrameBuffers {

	/** A buffer that has grown beyond this is not kept. */
	private static final int MAX_KEPT = 64 * 1024;

	private static final ThreadLocal<@Nullable FrameBuffer> OWN = new ThreadLocal<>();

	private static final ArrayBlockingQueue<FrameBuffer> SHARED = new ArrayBlockingQueue<>(64);

	private FrameBuffers() {
	}

	/**
	 * Takes a buffer, the calling thread's until it is given back.
	 * @return the buffer
	 */
	static FrameBuffer take() {
		FrameBuffer buffer;
		if (VirtualThreads.isVirtual(Thread.currentThread())) {
			buffer = SHARED.poll();
		}
		else {
			buffer = OWN.get();
			// Not there for a frame put together while another one is.
			OWN.set(null);
		}
		return (buffer != null) ? buffer : new FrameBuffer();
	}

	static void giveBack(FrameBuffer buffer) {
		if (buffer.array().length > MAX_KEPT) {
			return;
		}
		if (VirtualThreads.isVirtual(Thread.currentThread())) {
			SHARED.offer(buffer);
		}
		else {
			OWN.set(buffer);
		}
	}

}
