package io.harpc.demo.launcher;

import java.util.concurrent.CountDownLatch;

/**
 * A child process for tests. Its argument says how it ends: {@code exit} at once,
 * {@code wait} when asked to, {@code refuse} only by force.
 */
final class ChildMain {

	private ChildMain() {
	}

	public static void main(String[] args) throws InterruptedException {
		switch (args[0]) {
			case "exit" -> System.exit(3);
			case "refuse" -> Runtime.getRuntime().addShutdownHook(new Thread(ChildMain::waitForever));
			default -> {
			}
		}
		waitForever();
	}

	private static void waitForever() {
		try {
			new CountDownLatch(1).await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
