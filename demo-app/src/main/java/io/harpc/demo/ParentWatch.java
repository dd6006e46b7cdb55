package io.harpc.demo;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends this process when the one that started it is gone, however that ended: the
 * standard input of a supervised process is a pipe from its parent, and the kernel closes
 * it then.
 */
final class ParentWatch {

	/** Says on the command line that standard input is such a pipe. */
	static final String ARGUMENT = "--demo.supervised";

	private static final Logger logger = LoggerFactory.getLogger(ParentWatch.class);

	/** Time to end in order; shutting down may hang, an orphan may not stay. */
	private static final Duration GRACE = Duration.ofSeconds(15);

	private ParentWatch() {
	}

	static void start(InputStream fromParent) {
		daemon("parent-watch", () -> {
			awaitEnd(fromParent);
			logger.warn("The launcher is gone: ending too");
			daemon("parent-watch-halt", ParentWatch::haltAfterGrace);
			System.exit(1);
		});
	}

	private static void awaitEnd(InputStream fromParent) {
		try {
			while (fromParent.read() >= 0) {
				continue;
			}
		}
		catch (IOException ex) {
			logger.debug("Reading from the launcher failed", ex);
		}
	}

	private static void haltAfterGrace() {
		try {
			TimeUnit.NANOSECONDS.sleep(GRACE.toNanos());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		Runtime.getRuntime().halt(1);
	}

	private static void daemon(String name, Runnable task) {
		Thread thread = new Thread(task, name);
		thread.setDaemon(true);
		thread.start();
	}

}
