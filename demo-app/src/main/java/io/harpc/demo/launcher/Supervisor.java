package io.harpc.demo.launcher;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps child processes running: one that ends is started again after a wait, until the
 * supervisor is closed, which ends them all. Local only: it takes no command from
 * outside. Thread-safe; all work is done by one thread of its own.
 */
final class Supervisor implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(Supervisor.class);

	/** Above 128, an exit code says which signal ended the process. */
	private static final int SIGNALLED = 128;

	private final ScheduledExecutorService executor = Executors
		.newSingleThreadScheduledExecutor((task) -> new Thread(task, "supervisor"));

	private final List<Supervised> children;

	private final Duration stopGracePeriod;

	private boolean stopping;

	/**
	 * Creates a supervisor that does nothing yet.
	 * @param commands how to start the children
	 * @param backoff how long to wait before a child is started again
	 * @param stopGracePeriod time for the children to end in order, after which they are
	 * ended by force
	 */
	Supervisor(List<ChildCommand> commands, RestartBackoff.Settings backoff, Duration stopGracePeriod) {
		this.children = commands.stream().map((command) -> new Supervised(command, backoff)).toList();
		this.stopGracePeriod = stopGracePeriod;
	}

	/** Starts the children; returns at once. */
	void start() {
		this.executor.execute(() -> this.children.forEach(this::start));
	}

	/**
	 * Takes the end of a child from now on for granted: in a terminal, Ctrl-C goes to the
	 * children as well.
	 */
	void stopRestarting() {
		this.executor.execute(() -> this.stopping = true);
	}

	/**
	 * Returns the children as they are now.
	 * @return the children, in the order of their commands
	 */
	List<Child> children() {
		return this.children.stream().map((child) -> child.status).toList();
	}

	/**
	 * Ends all children and returns when none is left: first asks them, and when the
	 * grace period is over ends them by force.
	 */
	@Override
	public void close() {
		if (this.executor.isShutdown()) {
			return;
		}
		List<Process> running = CompletableFuture.supplyAsync(this::askToEnd, this.executor).join();
		this.executor.shutdownNow();
		boolean interrupted = !awaitEnd(running);
		running.stream().filter(Process::isAlive).forEach((process) -> {
			logger.warn("pid {} did not end in time; ending it by force", process.pid());
			process.destroyForcibly();
		});
		// What is killed ends, so this wait is bounded by the kernel
		running.forEach((process) -> process.onExit().join());
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	private void start(Supervised child) {
		if (this.stopping) {
			return;
		}
		try {
			Process process = child.command.start();
			child.started(process);
			logger.info("{} is starting, pid {}. To break it: kill -9 {}", child.command.name(), process.pid(),
					process.pid());
			process.onExit().thenRunAsync(() -> ended(child, process.exitValue()), this.executor);
		}
		catch (IOException ex) {
			startAgain(child, "could not be started (" + ex.getMessage() + ")");
		}
	}

	private void ended(Supervised child, int exitCode) {
		if (!this.stopping) {
			startAgain(child, "ended by " + ((exitCode > SIGNALLED) ? "signal " + (exitCode - SIGNALLED)
					: "itself with exit code " + exitCode));
		}
	}

	private void startAgain(Supervised child, String why) {
		long pid = child.status.pid();
		Duration wait = child.ended();
		logger.warn("{}{} {}; starting it again in {} ms", child.command.name(), (pid != 0) ? ", pid " + pid + "," : "",
				why, wait.toMillis());
		this.executor.schedule(() -> start(child), wait.toNanos(), TimeUnit.NANOSECONDS);
	}

	private List<Process> askToEnd() {
		this.stopping = true;
		List<Process> running = this.children.stream().flatMap(Supervised::running).toList();
		// Not Process.destroy(), which closes the pipe too: to the child, a sign of its
		// parent's death
		running.forEach((process) -> process.toHandle().destroy());
		return running;
	}

	/**
	 * Returns whether the wait was not interrupted; then it was no longer than allowed.
	 */
	private boolean awaitEnd(List<Process> processes) {
		long deadline = System.nanoTime() + this.stopGracePeriod.toNanos();
		try {
			for (Process process : processes) {
				process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
			}
			return true;
		}
		catch (InterruptedException ex) {
			return false;
		}
	}

	/** A child, known to the supervisor's thread alone but for its status. */
	private static final class Supervised {

		private final ChildCommand command;

		private final RestartBackoff backoff;

		private @Nullable Process process;

		private long startedNanos;

		private volatile Child status;

		Supervised(ChildCommand command, RestartBackoff.Settings backoff) {
			this.command = command;
			this.backoff = new RestartBackoff(backoff);
			this.startedNanos = System.nanoTime();
			this.status = new Child(command.name(), 0, 0);
		}

		void started(Process process) {
			this.process = process;
			this.startedNanos = System.nanoTime();
			this.status = new Child(this.command.name(), process.pid(), this.status.starts() + 1);
		}

		Duration ended() {
			this.process = null;
			this.status = new Child(this.command.name(), 0, this.status.starts());
			return this.backoff.after(Duration.ofNanos(System.nanoTime() - this.startedNanos));
		}

		Stream<Process> running() {
			return Stream.ofNullable(this.process);
		}

	}

}
