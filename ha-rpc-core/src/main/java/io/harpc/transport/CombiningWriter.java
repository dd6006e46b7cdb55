package io.harpc.transport;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;

import io.harpc.protocol.FrameBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The writing half of a connection. Every thread appends its frame under a short lock;
 * one of them flushes for all, so that many frames share a system call while nobody waits
 * for a hand-over. Frames leave in the order in which they were appended.
 * <p>
 * What is queued is bounded: an append waits for room until its deadline. Offsets count
 * the bytes ever appended; they tell whether a frame can have left when the connection is
 * lost. Thread-safe.
 */
final class CombiningWriter {

	/** Larger frames are queued as they are, smaller ones copied together. */
	private static final int MAX_COPIED = 64 * 1024;

	private static final int SEGMENT_SIZE = 8 * 1024;

	private static final int MAX_SPARES = 2;

	/**
	 * What is given to the socket at once, so that a large frame on a slow line counts as
	 * progress and not as a peer that reads nothing.
	 */
	private static final int MAX_WRITE = 128 * 1024;

	private final OutputStream out;

	private final int capacity;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition room = this.lock.newCondition();

	/** Guarded by {@link #lock}, like all fields that are not volatile or atomic. */
	private final ArrayDeque<Segment> queue = new ArrayDeque<>();

	/** At most two: one is written while the other is filled. */
	private final ArrayDeque<Segment> spares = new ArrayDeque<>(MAX_SPARES);

	private volatile int queued;

	private long appended;

	/** Appended since the last write. */
	private int frames;

	private long handed;

	private boolean closed;

	private final AtomicBoolean flushing = new AtomicBoolean();

	private volatile long writingSince;

	/** Of the thread that flushes. */
	private final Pace pace = new Pace(System.nanoTime());

	CombiningWriter(OutputStream out, int capacity) {
		this.out = out;
		this.capacity = capacity;
	}

	/**
	 * Queues a finished frame.
	 * @param frame the frame
	 * @param deadlineNanos until when to wait for room
	 * @param endsAt told, before anybody can send the frame, where in the stream it ends
	 * @return {@code true} if it is queued, {@code false} if there was no room in time
	 * @throws TransportException if the connection is closed, or the thread interrupted;
	 * the frame is not queued then
	 */
	boolean append(FrameBuffer frame, long deadlineNanos, LongConsumer endsAt) throws TransportException {
		int size = frame.size();
		this.lock.lock();
		try {
			while (this.queued > 0 && this.queued + size > this.capacity && !this.closed) {
				if (!awaitLess(deadlineNanos)) {
					return false;
				}
			}
			if (this.closed) {
				throw TransportException.notSent(TransportException.Kind.LOST,
						"connection lost before the request left");
			}
			enqueue(frame, size);
			this.queued += size;
			this.appended += size;
			this.frames++;
			endsAt.accept(this.appended);
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean awaitLess(long deadlineNanos) throws TransportException {
		try {
			long remaining = deadlineNanos - System.nanoTime();
			return remaining > 0 && this.room.awaitNanos(remaining) > 0;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw TransportException.notSent(TransportException.Kind.CANCELLED, "interrupted before the request left");
		}
	}

	private void enqueue(FrameBuffer frame, int size) {
		if (size > MAX_COPIED) {
			this.queue.add(new Segment(frame.detach(), size, false));
			return;
		}
		Segment last = this.queue.peekLast();
		if (last == null || !last.shared || last.length + size > MAX_COPIED) {
			Segment spare = this.spares.poll();
			last = (spare != null) ? spare : new Segment(new byte[SEGMENT_SIZE], 0, true);
			this.queue.add(last);
		}
		last.append(frame.array(), size);
	}

	/**
	 * Makes the calling thread the one that flushes, unless another is at it; that one
	 * will then write what the calling thread has appended before.
	 * @return {@code true} if the calling thread must go on with {@link #flush}
	 */
	boolean beginFlush() {
		return !this.flushing.get() && this.flushing.compareAndSet(false, true);
	}

	/**
	 * Gives way once to others, who may append to what is about to be written, if frames
	 * come thick enough for that. To be called only after {@link #beginFlush()} has
	 * returned {@code true}.
	 */
	void awaitCompany() {
		if (this.pace.isThick()) {
			Thread.yield();
		}
	}

	/**
	 * Writes what is queued until nothing is left, or until the next piece would go
	 * beyond an offset. To be called only after {@link #beginFlush()} has returned
	 * {@code true}.
	 * @param limit the offset
	 * @return {@code true} if nothing is left; {@code false} if something is, and the
	 * calling thread still is the one that must see to it
	 * @throws IOException if the connection fails
	 */
	boolean flush(long limit) throws IOException {
		Segment written = null;
		while (true) {
			Segment segment;
			int count;
			this.lock.lock();
			try {
				recycle(written);
				segment = this.queue.peek();
				if (segment == null || this.closed) {
					this.flushing.set(false);
					return true;
				}
				if (this.handed + segment.length > limit) {
					return false;
				}
				this.queue.remove();
				this.handed += segment.length;
				this.queued -= segment.length;
				count = this.frames;
				this.frames = 0;
				this.room.signalAll();
			}
			finally {
				this.lock.unlock();
			}
			this.pace.wrote(count, write(segment));
			written = segment;
		}
	}

	/**
	 * {@return when the last of it was given to the socket}
	 */
	private long write(Segment segment) throws IOException {
		long now = 0;
		for (int from = 0; from < segment.length; from += MAX_WRITE) {
			now = System.nanoTime() | 1;
			this.writingSince = now;
			this.out.write(segment.bytes, from, Math.min(MAX_WRITE, segment.length - from));
		}
		this.writingSince = 0;
		return now;
	}

	private void recycle(@Nullable Segment written) {
		if (written != null && !written.shared) {
			FrameBuffer.recycle(written.bytes);
		}
		else if (written != null && this.spares.size() < MAX_SPARES) {
			written.length = 0;
			this.spares.push(written);
		}
	}

	/**
	 * Whether all that was appended has been written.
	 * @return {@code true} if nothing is queued and nobody writes
	 */
	boolean isQuiet() {
		this.lock.lock();
		try {
			return this.queue.isEmpty() && !this.flushing.get();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Whether less than half of what may be queued is. Who brings forth what must be
	 * written, and asks first, does not bring forth without bound.
	 */
	boolean hasRoom() {
		return this.queued <= this.capacity / 2;
	}

	/**
	 * Blocks until there {@link #hasRoom() is room}, or the connection is closed.
	 * @param deadlineNanos until when to wait
	 * @return {@code false} if the time is over
	 * @throws TransportException if the thread is interrupted
	 */
	boolean awaitRoom(long deadlineNanos) throws TransportException {
		this.lock.lock();
		try {
			while (!hasRoom() && !this.closed) {
				if (!awaitLess(deadlineNanos)) {
					return false;
				}
			}
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * How long the peer has not taken a byte of what is being written.
	 * @param now the time
	 * @return nanoseconds, zero if nothing is being written
	 */
	long writingNanos(long now) {
		long since = this.writingSince;
		return (since == 0) ? 0 : now - since;
	}

	/**
	 * The number of bytes ever given to the socket, or about to be.
	 * @return the offset of the first byte that certainly has not left
	 */
	long handed() {
		this.lock.lock();
		try {
			return this.handed;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Queues nothing more, drops what is queued and wakes who waits for room. After this
	 * {@link #handed()} does not change.
	 */
	void close() {
		this.lock.lock();
		try {
			this.closed = true;
			this.queue.clear();
			this.queued = 0;
			this.room.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** A run of bytes that is written at once. */
	private static final class Segment {

		private byte[] bytes;

		private int length;

		/**
		 * Whether frames are copied in here; else it is the one frame it was made for.
		 */
		private final boolean shared;

		Segment(byte[] bytes, int length, boolean shared) {
			this.bytes = bytes;
			this.length = length;
			this.shared = shared;
		}

		void append(byte[] source, int size) {
			if (this.length + size > this.bytes.length) {
				this.bytes = Arrays.copyOf(this.bytes, Math.max(this.length + size, this.bytes.length * 2));
			}
			System.arraycopy(source, 0, this.bytes, this.length, size);
			this.length += size;
		}

	}

}
