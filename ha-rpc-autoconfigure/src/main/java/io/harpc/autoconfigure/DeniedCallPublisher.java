package io.harpc.autoconfigure;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import io.harpc.server.DeniedCall;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Publishes an event for each refused call, on a thread of its own that ends when it has
 * nothing to do: so many wait at most, and so many are published in a second.
 * Thread-safe.
 */
final class DeniedCallPublisher implements Consumer<DeniedCall>, DisposableBean {

	static final int QUEUE_CAPACITY = 256;

	private static final Logger logger = LoggerFactory.getLogger(DeniedCallPublisher.class);

	private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

	private final ApplicationEventPublisher events;

	private final Runnable pause;

	private final AtomicLong skipped = new AtomicLong();

	private final ThreadPoolExecutor executor;

	DeniedCallPublisher(ApplicationEventPublisher events) {
		this(events, () -> LockSupport.parkNanos(PAUSE_NANOS));
	}

	DeniedCallPublisher(ApplicationEventPublisher events, Runnable pause) {
		this.events = events;
		this.pause = pause;
		CustomizableThreadFactory threads = new CustomizableThreadFactory("ha-rpc-denied-");
		threads.setDaemon(true);
		this.executor = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(QUEUE_CAPACITY),
				threads, (task, full) -> this.skipped.incrementAndGet());
		this.executor.allowCoreThreadTimeOut(true);
	}

	@Override
	public void accept(DeniedCall call) {
		this.executor.execute(() -> publish(call));
	}

	private void publish(DeniedCall call) {
		try {
			this.events.publishEvent(new RpcCallDeniedEvent(call, this.skipped.getAndSet(0)));
		}
		catch (RuntimeException ex) {
			logger.warn("A listener failed to hear of a refused call", ex);
		}
		this.pause.run();
	}

	@Override
	public void destroy() {
		this.executor.shutdown();
	}

}
