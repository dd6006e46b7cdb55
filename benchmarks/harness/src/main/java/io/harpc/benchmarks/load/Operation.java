package io.harpc.benchmarks.load;

import java.util.Arrays;
import java.util.List;

import io.harpc.benchmarks.api.Users;
import io.harpc.benchmarks.subject.UserCalls;

/**
 * What is called. {@link #call} is measured and checks its answer as far as that costs
 * nothing; {@link #verify} checks all of it.
 */
public enum Operation {

	/** The smallest call. */
	EXIST_USER("existUser", 64) {

		@Override
		boolean call(UserCalls calls, long sequence) throws Exception {
			String email = Users.email(sequence);
			return calls.existUser(email) == Users.exists(email);
		}

	},

	/** A record there. */
	CREATE_USER("createUser", 64) {

		@Override
		boolean call(UserCalls calls, long sequence) throws Exception {
			return calls.createUser(sequence);
		}

	},

	/** A record back. */
	GET_USER("getUser", 64) {

		@Override
		boolean call(UserCalls calls, long sequence) throws Exception {
			return calls.getUser(sequence) != null;
		}

		@Override
		boolean answersRightly(UserCalls calls, int sequence) throws Exception {
			return calls.toUser(calls.getUser(sequence)).equals(Users.user(sequence));
		}

	},

	/** A page of records back. */
	LIST_USER("listUser", 64) {

		@Override
		boolean call(UserCalls calls, long sequence) throws Exception {
			return calls.listUser((int) sequence & 0xff) != null;
		}

		@Override
		boolean answersRightly(UserCalls calls, int sequence) throws Exception {
			return calls.toPage(calls.listUser(sequence)).equals(Users.page(sequence));
		}

	},

	/** A megabyte there and back; not by many at once, which would measure the memory. */
	ECHO_1_MIB("echo1MiB", 8) {

		@Override
		boolean call(UserCalls calls, long sequence) throws Exception {
			return calls.echo(MEBIBYTE).length == MEBIBYTE.length;
		}

		@Override
		boolean answersRightly(UserCalls calls, int sequence) throws Exception {
			return Arrays.equals(calls.echo(MEBIBYTE), MEBIBYTE);
		}

	},

	/** The smallest call, with a handler that waits for 5 ms. */
	EXIST_USER_AFTER_5_MS("existUserAfter5ms", 64) {

		@Override
		boolean call(UserCalls calls, long sequence) throws Exception {
			String email = Users.email(sequence);
			return calls.existUserAfter(email, 5) == Users.exists(email);
		}

	};

	private static final byte[] MEBIBYTE = pattern(1 << 20);

	private static final int VERIFIED = 4;

	private final String label;

	private final int mostPlatformCallers;

	Operation(String label, int mostPlatformCallers) {
		this.label = label;
		this.mostPlatformCallers = mostPlatformCallers;
	}

	/**
	 * Makes one call.
	 * @param calls makes it
	 * @param sequence varies the arguments
	 * @return whether the answer can be right
	 * @throws Exception if the call fails
	 */
	abstract boolean call(UserCalls calls, long sequence) throws Exception;

	boolean answersRightly(UserCalls calls, int sequence) throws Exception {
		return call(calls, sequence);
	}

	/**
	 * Makes a few calls and compares the answers with what they have to be.
	 * @param calls makes them
	 * @throws Exception if a call fails or an answer is wrong
	 */
	public void verify(UserCalls calls) throws Exception {
		for (int sequence = 0; sequence < VERIFIED; sequence++) {
			if (!answersRightly(calls, sequence)) {
				throw new IllegalStateException(this.label + " number " + sequence + ": wrong answer");
			}
		}
	}

	/**
	 * Whether it makes sense to have it called by so many at once.
	 * @param callers the callers
	 * @return {@code true} if so
	 */
	public boolean suits(Callers callers) {
		return callers.count() <= this.mostPlatformCallers || callers.virtual() && this.mostPlatformCallers > 8;
	}

	/**
	 * The name in tables and on the command line.
	 * @return the name
	 */
	public String label() {
		return this.label;
	}

	/**
	 * Finds an operation.
	 * @param label its name
	 * @return the operation
	 */
	public static Operation of(String label) {
		return Arrays.stream(values())
			.filter((operation) -> operation.label.equals(label))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException("operation: " + label + " (expected: one of "
					+ List.of(values()).stream().map(Operation::label).toList() + ")"));
	}

	private static byte[] pattern(int length) {
		byte[] bytes = new byte[length];
		for (int i = 0; i < length; i++) {
			bytes[i] = (byte) (i * 31 + (i >> 8));
		}
		return bytes;
	}

}
