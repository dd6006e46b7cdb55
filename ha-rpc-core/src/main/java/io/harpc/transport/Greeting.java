package io.harpc.transport;

import java.io.IOException;
import java.net.Socket;

import io.harpc.Identity;
import io.harpc.protocol.Frame;
import io.harpc.protocol.FrameBuffer;
import io.harpc.protocol.FrameReader;
import io.harpc.protocol.FrameType;
import io.harpc.protocol.Hello;
import io.harpc.protocol.ProtocolException;
import org.jspecify.annotations.Nullable;

/**
 * A connection that has been accepted and has not said hello yet. It takes no thread: the
 * monitor looks from time to time whether bytes have come, and reads only those.
 */
final class Greeting {

	private final Wire wire;

	private final FrameReader frames;

	private final long acceptedNanos;

	private final long deadlineNanos;

	/** Of the monitor's thread. */
	private long nextLookNanos;

	private volatile @Nullable Identity identity;

	Greeting(Socket socket, long timeoutNanos) throws IOException {
		socket.setTcpNoDelay(true);
		this.wire = Wire.plain(socket);
		this.frames = new FrameReader(this.wire.in(), Hello.MAX_FRAME_SIZE);
		this.acceptedNanos = System.nanoTime();
		this.deadlineNanos = this.acceptedNanos + timeoutNanos;
		this.nextLookNanos = this.acceptedNanos;
	}

	Wire wire() {
		return this.wire;
	}

	FrameReader frames() {
		return this.frames;
	}

	String peer() {
		String text = String.valueOf(this.wire.socket().getRemoteSocketAddress());
		return text.substring(text.indexOf('/') + 1);
	}

	/**
	 * The client has proven who it is, and the connection is that identity's for good.
	 */
	void authenticated(Identity identity) {
		this.identity = identity;
	}

	@Nullable Identity identity() {
		return this.identity;
	}

	/**
	 * {@return whether it is time to look for bytes: the longer there have been none, the
	 * less often, so that a thousand that say nothing do not keep a processor busy}
	 */
	boolean isWorthALook(long now) {
		if (now - this.nextLookNanos < 0) {
			return false;
		}
		this.nextLookNanos = now + (now - this.acceptedNanos) / 8;
		return true;
	}

	boolean isOverdue(long now) {
		return now - this.deadlineNanos > 0;
	}

	/**
	 * Reads what has come, without blocking.
	 * @return the hello once it is complete
	 * @throws ProtocolException if the peer speaks another protocol, or another version
	 * @throws IOException if the connection is lost
	 */
	@Nullable Hello read() throws IOException {
		if (this.wire.in().available() == 0) {
			return null;
		}
		this.frames.fill();
		Frame frame = this.frames.next();
		if (frame == null) {
			return null;
		}
		if (frame.type() != FrameType.HELLO) {
			throw new ProtocolException("frame of type " + frame.type() + " (expected: HELLO)");
		}
		Hello hello = Hello.read(frame);
		if (!hello.isCompatible()) {
			throw new ProtocolException("protocol versions " + hello.minVersion() + " to " + hello.maxVersion()
					+ " (expected: a range with version 1)");
		}
		return hello;
	}

	/** Says welcome; the frame is small and the first, so that this does not block. */
	void welcome(Hello answer) throws IOException {
		FrameBuffer welcome = new FrameBuffer().begin(FrameType.WELCOME, 0, Hello.MAX_FRAME_SIZE);
		answer.writeTo(welcome);
		this.wire.out().write(welcome.array(), 0, welcome.finish());
	}

	/** Says why there will be no connection, and ends it. */
	void refuse(String reason) {
		try {
			FrameBuffer refusal = new FrameBuffer().begin(FrameType.REFUSED, 0, Hello.MAX_FRAME_SIZE);
			refusal.writeText(reason);
			this.wire.out().write(refusal.array(), 0, refusal.finish());
			this.wire.socket().shutdownOutput();
			// Closing with unread bytes would reset the connection, and take the reason
			// with it.
			this.wire.in().skipNBytes(this.wire.in().available());
		}
		catch (IOException ex) {
			// The peer has gone before it could be told why it should.
		}
		finally {
			close();
		}
	}

	void close() {
		this.wire.close();
	}

}
