package io.harpc.benchmarks.jdk;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;

import io.harpc.benchmarks.api.User;
import io.harpc.benchmarks.api.UserPage;
import io.harpc.benchmarks.api.Users;
import io.harpc.benchmarks.subject.UserCalls;

/**
 * The calls on one connection. What a user or a page would be is a number and as many
 * bytes as its JSON has.
 */
final class EchoCalls implements UserCalls {

	/** Of ha-rpc, in front of each payload. */
	private static final int FRAME_HEADER = 32;

	private static final int EMAIL = FRAME_HEADER + 24;

	private static final int FLAG = FRAME_HEADER + 4;

	private static final int ID = FRAME_HEADER + 7;

	private static final int USER = FRAME_HEADER + 376;

	private static final int PAGE = FRAME_HEADER + 5662;

	private final Socket socket;

	private final EchoMessage message;

	EchoCalls(int port) throws IOException {
		this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
		this.socket.setTcpNoDelay(true);
		this.message = new EchoMessage(this.socket);
	}

	@Override
	public boolean existUser(String email) throws IOException {
		return existUserAfter(email, 0);
	}

	@Override
	public boolean existUserAfter(String email, int millis) throws IOException {
		exchange(Users.exists(email) ? 1 : 0, EMAIL, FLAG, millis);
		return this.message.tag() == 1;
	}

	@Override
	public boolean createUser(long id) throws IOException {
		return exchange(id, USER, FLAG, 0) == FLAG;
	}

	@Override
	public Object getUser(long id) throws IOException {
		exchange(id, ID, USER, 0);
		return this.message.tag();
	}

	@Override
	public Object listUser(int pageNo) throws IOException {
		exchange(pageNo, ID, PAGE, 0);
		return this.message.tag();
	}

	@Override
	public byte[] echo(byte[] content) throws IOException {
		this.message.content(content);
		int length = EchoMessage.HEADER + content.length;
		return this.message.content(exchange(0, length, length, 0));
	}

	@Override
	public User toUser(Object answer) {
		return Users.user((Long) answer);
	}

	@Override
	public UserPage toPage(Object answer) {
		return Users.page(((Long) answer).intValue());
	}

	private int exchange(long tag, int length, int answerLength, int millis) throws IOException {
		this.message.request(tag, answerLength, millis);
		this.message.write(length);
		int received = this.message.read();
		if (received != answerLength) {
			throw new IOException("answer: " + received + " bytes (expected: " + answerLength + ")");
		}
		return received;
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
