package io.harpc.benchmarks.subject;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Opens connections with subjects that open one for each call under way. */
public final class ConcurrentCalls {

	private static final int MILLIS = 3000;

	private static final int STACK_BYTES = 128 * 1024;

	private ConcurrentCalls() {
	}

	/**
	 * Makes calls at once that all last a while, and leaves open what they opened.
	 * @param client makes the calls
	 * @param count how many
	 * @return closes the client
	 * @throws Exception if a call fails
	 */
	public static AutoCloseable open(RunningClient client, int count) throws Exception {
		UserCalls calls = client.forCaller();
		List<FutureTask<Boolean>> all = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			FutureTask<Boolean> task = new FutureTask<>(() -> calls.existUserAfter("doug.lea@example.com", MILLIS));
			new Thread(null, task, "opening", STACK_BYTES).start();
			all.add(task);
		}
		for (FutureTask<Boolean> task : all) {
			await(task);
		}
		return client;
	}

	private static void await(FutureTask<Boolean> task) throws Exception {
		try {
			if (!task.get()) {
				throw new IllegalStateException("wrong answer");
			}
		}
		catch (ExecutionException ex) {
			throw (ex.getCause() instanceof Exception cause) ? cause : ex;
		}
	}

}
