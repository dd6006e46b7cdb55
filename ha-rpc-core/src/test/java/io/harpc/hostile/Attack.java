package io.harpc.hostile;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Random;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;

/**
 * What an {@link Attacker} does, over and over: so often in a second, on so many
 * connections at once.
 */
enum Attack {

	/** No frame, where a hello is expected. */
	GARBAGE(2_000, 64) {

		@Override
		void step(Hand hand) throws IOException {
			RawSocket raw = hand.open();
			raw.send(NOISE);
			raw.awaitEnd();
		}

	},

	/** No frame, where a request is expected. */
	GARBAGE_AFTER_THE_WELCOME(2_000, 64) {

		@Override
		void step(Hand hand) throws IOException {
			RawSocket raw = hand.greeted();
			raw.send(NOISE);
			raw.awaitEnd();
		}

	},

	/** More than any frame may have. */
	HUGE_LENGTHS(2_000, 64) {

		@Override
		void step(Hand hand) throws IOException {
			RawSocket raw = hand.greeted();
			raw.send(claiming(RawSocket.REQUEST, Integer.MAX_VALUE));
			raw.awaitEnd();
		}

	},

	/** Half of a frame that is as large as it may be, and silence. */
	HALF_FRAMES(1_000, 2_000) {

		@Override
		void step(Hand hand) throws IOException {
			RawSocket raw = hand.greeted();
			raw.send(claiming(RawSocket.REQUEST, Provider.MAX_FRAME - 32));
			raw.send(new byte[Provider.MAX_FRAME / 2]);
		}

	},

	/** Bodies byte by byte, on 400 connections. */
	SLOW_BODIES(4_000, 400) {

		@Override
		void step(Hand hand) throws IOException {
			if (hand.isFull()) {
				hand.drip();
			}
			else {
				hand.greeted().send(claiming(RawSocket.REQUEST, Provider.MAX_FRAME - 32));
			}
		}

	},

	/** Hellos byte by byte, on as many connections as may be without a welcome. */
	SLOW_HELLOS(4_000, 1_000) {

		@Override
		void step(Hand hand) throws IOException {
			if (hand.isFull()) {
				hand.drip();
			}
			else {
				hand.open().send(claiming(RawSocket.HELLO, 4_000));
			}
		}

	},

	/** Half of a hello, and silence. */
	HALF_OPEN(5_000, 10_000) {

		@Override
		void step(Hand hand) throws IOException {
			hand.open().send(HALF_A_HELLO);
		}

	},

	/** The beginning of a TLS handshake, which the server answers, and silence. */
	HALF_OPEN_TLS(0, 10_000) {

		@Override
		void step(Hand hand) throws IOException {
			hand.open().send(hand.clientHello);
		}

	},

	/** No handshake after what begins like one. */
	GARBAGE_OVER_TLS(0, 64) {

		@Override
		void step(Hand hand) throws IOException {
			RawSocket raw = hand.open();
			raw.send(RawSocket.concat(hand.clientHello, NOISE));
			raw.awaitEnd();
		}

	},

	/** Connections that end as soon as they are there. */
	CONNECTIONS(5_000, Attack.HANDS) {

		@Override
		void step(Hand hand) throws IOException {
			hand.open();
		}

	},

	/** Connections that end as soon as they are welcome. */
	GREETINGS(2_000, Attack.HANDS) {

		@Override
		void step(Hand hand) throws IOException {
			hand.greeted();
		}

	},

	/** A key that the attacker does not have. */
	WRONG_PROOFS(2_000, 64) {

		@Override
		void step(Hand hand) throws IOException {
			RawSocket raw = hand.open();
			raw.send(RawSocket.frame(RawSocket.HELLO, 0, 0, RawSocket.helloWithKey("orders-1")));
			raw.receive();
			raw.send(RawSocket.frame(RawSocket.PROOF, 0, 0,
					RawSocket.concat(new byte[] { 7, 0, 32 }, Arrays.copyOf(NOISE, 32))));
			raw.awaitEnd();
		}

	},

	/** Requests that are cancelled at once, with answers that nobody reads. */
	CANCELLED_REQUESTS(10_000, Attack.HANDS) {

		@Override
		void step(Hand hand) throws IOException {
			RawSocket raw = hand.isFull() ? hand.next() : hand.greeted();
			raw.send(RawSocket.concat(RawSocket.frame(RawSocket.REQUEST, 7, ECHO, RawSocket.utf8("[\"x\"]")),
					RawSocket.frame(RawSocket.CANCEL, 7, 0)));
			raw.skip();
		}

	},

	/** A thousand pings on a connection, with answers that nobody reads. */
	UNREAD_PINGS(100, 1_000) {

		@Override
		void step(Hand hand) throws IOException {
			hand.greeted().send(PINGS);
		}

	};

	/** So many attack at once, each from an address of its own. */
	static final int HANDS = 8;

	private static final long ECHO = Provider.method("echo");

	private static final byte[] NOISE = new byte[1024];

	private static final byte[] PINGS = new byte[32 * 1_000];

	private static final byte[] HALF_A_HELLO = Arrays.copyOf(RawSocket.frame(RawSocket.HELLO, 0, 0, RawSocket.hello()),
			40);

	static {
		new Random(5).nextBytes(NOISE);
		byte[] ping = RawSocket.frame(RawSocket.PING, 7, 0);
		for (int i = 0; i < PINGS.length; i += ping.length) {
			System.arraycopy(ping, 0, PINGS, i, ping.length);
		}
	}

	/** So many steps are made in a second, 0: as many as there is processor time for. */
	final int perSecond;

	private final int atOnce;

	Attack(int perSecond, int atOnce) {
		this.perSecond = perSecond;
		this.atOnce = atOnce;
	}

	/** Attacks once. */
	abstract void step(Hand hand) throws IOException;

	/** The header of a frame whose body has not come. */
	private static byte[] claiming(int type, int length) {
		byte[] header = RawSocket.frame(type, 7, ECHO);
		ByteBuffer.wrap(header).putInt(8, length);
		return header;
	}

	/**
	 * One of those who attack at once; has so many connections that the oldest must go.
	 */
	static final class Hand {

		private static final byte[] ONE_BYTE = { 'a' };

		private final int port;

		private final InetAddress source;

		private final int atOnce;

		private final byte[] clientHello;

		private final Deque<RawSocket> held = new ArrayDeque<>();

		Hand(Attack attack, int port, int number) throws IOException {
			this.port = port;
			this.source = InetAddress.getByAddress(new byte[] { 127, 0, 0, (byte) (2 + number) });
			this.atOnce = attack.atOnce / HANDS;
			this.clientHello = beginningOfAHandshake();
		}

		private static byte[] beginningOfAHandshake() throws IOException {
			try {
				SSLContext context = SSLContext.getInstance("TLS");
				context.init(null, new TrustManager[0], null);
				SSLEngine engine = context.createSSLEngine();
				engine.setUseClientMode(true);
				ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
				engine.wrap(ByteBuffer.allocate(0), hello);
				return Arrays.copyOf(hello.array(), hello.position());
			}
			catch (GeneralSecurityException ex) {
				throw new IOException(ex);
			}
		}

		RawSocket open() throws IOException {
			if (isFull()) {
				this.held.remove().close();
			}
			Socket socket = new Socket("127.0.0.1", this.port, this.source, 0);
			// Ends by reset, so that the kernel keeps nothing of it.
			socket.setSoLinger(true, 0);
			RawSocket raw = new RawSocket(socket);
			this.held.add(raw);
			return raw;
		}

		RawSocket greeted() throws IOException {
			RawSocket raw = open();
			raw.send(RawSocket.frame(RawSocket.HELLO, 0, 0, RawSocket.hello()));
			raw.receive();
			return raw;
		}

		boolean isFull() {
			return this.held.size() >= this.atOnce;
		}

		/**
		 * {@return the one that has been left alone for the longest}
		 */
		RawSocket next() {
			RawSocket next = this.held.remove();
			this.held.add(next);
			return next;
		}

		/** Sends a byte, or takes another connection where the server has had enough. */
		void drip() {
			RawSocket next = next();
			try {
				next.send(ONE_BYTE);
			}
			catch (IOException ex) {
				next.close();
				this.held.remove(next);
			}
		}

		void close() {
			this.held.forEach(RawSocket::close);
			this.held.clear();
		}

	}

}
