package io.harpc.protocol;

import org.jspecify.annotations.Nullable;

/**
 * What a frame is for.
 */
public enum FrameType {

	/** Client to server, first on a connection: what the client can speak. */
	HELLO(1),

	/** Server to client, the answer to {@link #HELLO}: what will be spoken. */
	WELCOME(2),

	/**
	 * Server to client, in place of {@link #WELCOME}: why there will be no connection.
	 */
	REFUSED(3),

	/** Client to server: run a method. */
	REQUEST(4),

	/** Server to client: what came of a request. */
	RESPONSE(5),

	/** Client to server: nobody waits for this call any more. */
	CANCEL(6),

	/** Either way: are you there? */
	PING(7),

	/** The answer to {@link #PING}. */
	PONG(8),

	/** Server to client: send no new calls on this connection. */
	DRAIN(9),

	/**
	 * Server to client, before {@link #WELCOME}: proof that it knows the client's key,
	 * and a nonce for the client's own.
	 */
	CHALLENGE(10),

	/** Client to server, the answer to {@link #CHALLENGE}. */
	PROOF(11);

	private static final @Nullable FrameType[] BY_CODE = new @Nullable FrameType[16];

	static {
		for (FrameType type : values()) {
			BY_CODE[type.code] = type;
		}
	}

	private final byte code;

	FrameType(int code) {
		this.code = (byte) code;
	}

	byte code() {
		return this.code;
	}

	static @Nullable FrameType ofCode(int code) {
		return (code >= 0 && code < BY_CODE.length) ? BY_CODE[code] : null;
	}

}
