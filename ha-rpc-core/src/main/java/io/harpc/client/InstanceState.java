package io.harpc.client;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.harpc.Attempt;
import io.harpc.client.InstanceStatus.Failure;
import io.harpc.client.InstanceStatus.Share;
import io.harpc.client.Channels.SharedChannel;
import io.harpc.loadbalancer.Candidate;
import io.harpc.protocol.LoadReport;
import io.harpc.protocol.ServerState;
import io.harpc.registry.Instance;
import io.harpc.resilience.AttemptFailure;
import io.harpc.resilience.InstanceBreaker;
import io.harpc.transport.Channel;
import io.harpc.transport.Encryption;
import io.harpc.transport.Peer;
import org.jspecify.annotations.Nullable;

/**
 * All that this process believes of one instance of one service. Thread-safe; on the path
 * of a call that succeeds without locks.
 */
final class InstanceState implements Candidate {

	private static final int FAILURES_KEPT = 8;

	/**
	 * An instance that says hello and dies, again and again, is believed once in a while.
	 */
	private static final long MIN_RETURN_NANOS = Duration.ofSeconds(5).toNanos();

	/** An instance that answers nobody for so long is not only collecting garbage. */
	private static final long SILENCE_NANOS = Duration.ofMillis(100).toNanos();

	/** Whoever waits for so long is not in a hurry. */
	private static final long LONG_NANOS = Duration.ofSeconds(1).toNanos();

	private final Channels channels;

	private final SharedChannel shared;

	private final InstanceBreaker breaker;

	private final Timing timing;

	private final PeakEwma latency;

	private final WarmUp warmUp;

	private final Standing standing;

	private final CutOffs cutOffs;

	private final AtomicInteger outstanding = new AtomicInteger();

	private final AtomicBoolean released = new AtomicBoolean();

	private final Consumer<Channel> whenConnected = this::connected;

	private final ReentrantLock failuresLock = new ReentrantLock();

	/** The newest last; guarded by the lock. */
	private final Deque<Failure> failures = new ArrayDeque<>(FAILURES_KEPT);

	private volatile Instance instance;

	/** Which run of the process was connected to last, empty if none said. */
	private volatile String incarnation = "";

	private volatile boolean retired;

	/** When a connection was last taken for the instance's return. */
	private volatile long returnedAt;

	/**
	 * The instance asked not to be called before this; the time of its birth if it did
	 * not.
	 */
	private volatile long busyUntil;

	/**
	 * Creates the state of an instance that the registry has named.
	 * @param instance the instance
	 * @param context where its channel and its breaker are had
	 * @param encryption how to encrypt, {@code null} for plain text
	 * @param cutOffs those of its service that get no calls
	 * @param warm whether it gets its full share of calls at once
	 */
	InstanceState(Instance instance, ClientContext context, @Nullable Supplier<Encryption> encryption, CutOffs cutOffs,
			boolean warm) {
		long now = context.timing().nanoTime();
		this.instance = instance;
		this.channels = context.channels();
		this.timing = context.timing();
		this.breaker = context.resilience().breaker(toString());
		this.latency = new PeakEwma(now);
		this.warmUp = new WarmUp(context.resilience().settings().warmUp(), now, warm);
		this.standing = new Standing(this, this.breaker, cutOffs, this.warmUp, now);
		this.cutOffs = cutOffs;
		this.busyUntil = now;
		this.returnedAt = now - MIN_RETURN_NANOS;
		this.shared = this.channels.acquire(new Peer(instance.address(), encryption, instance.tls()),
				this.whenConnected);
		if (this.incarnation.isEmpty()) {
			this.incarnation = channel().incarnation();
		}
	}

	@Override
	public Instance instance() {
		return this.instance;
	}

	@Override
	public int outstanding() {
		return this.outstanding.get();
	}

	@Override
	public double latencyNanos(long nanoTime) {
		return this.latency.latencyNanos(nanoTime);
	}

	@Override
	public double recentFailures(long nanoTime) {
		return this.latency.recentFailures(nanoTime);
	}

	@Override
	public double warmUp(long nanoTime) {
		return this.warmUp.share(nanoTime);
	}

	@Override
	public double reportedWeight(long nanoTime) {
		Channel channel = channel();
		return this.latency.isBelieved(nanoTime)
				? ReportedWeight.of(channel.loadReport(), nanoTime - channel.loadReportAt()) : 0;
	}

	@Override
	public boolean isAvailable(long nanoTime) {
		return isReady(nanoTime, this.cutOffs.isPanic());
	}

	Channel channel() {
		return this.shared.channel();
	}

	/**
	 * {@return what the instance speaks: its own word if it gave it, else the registry's}
	 */
	String serialization() {
		String said = channel().serialization();
		return !said.isEmpty() ? said : this.instance.serialization();
	}

	boolean isDraining() {
		return channel().isDraining();
	}

	/**
	 * {@return whether the registry no longer knows it}
	 */
	boolean isRetired() {
		return this.retired;
	}

	/**
	 * {@return whether an attempt would leave at once, as far as that can be known}
	 * @param now the time
	 * @param anyway whether it is made even where the instance gets no calls
	 */
	boolean isReady(long now, boolean anyway) {
		Channel channel = channel();
		this.standing.ready(now, !isNotReady(channel));
		return (anyway || this.standing.isIn()) && channel.isConnected() && !channel.isDraining()
				&& now - this.busyUntil >= 0;
	}

	/**
	 * {@return whether a probe would leave at once; a standby gets none}
	 */
	boolean isProbable(long now) {
		return isReady(now, true) && !isNotReady(channel()) && this.instance.weight() > 0;
	}

	/**
	 * {@return whether it says something of the instance that an attempt got no answer:
	 * only where it had more time than the instance usually takes, which answered nobody
	 * else meanwhile, or the time was long; of a caller in a hurry nothing is learned}
	 * @param now the time
	 * @param nanos how long the attempt waited
	 */
	boolean isOverdue(long now, long nanos) {
		long least = this.latency.hasAnsweredSince(now - nanos) ? LONG_NANOS : SILENCE_NANOS;
		return nanos >= Math.max(least, 2 * this.latency.usualNanos());
	}

	/**
	 * {@return whether an attempt may be worth its while; asks without taking a
	 * permission}
	 * @param anyway whether it is made even where the instance gets no calls
	 */
	boolean couldTake(boolean anyway) {
		return !isDraining() && (anyway ? !this.breaker.isForcedOpen() : this.standing.isIn());
	}

	/**
	 * {@return whether an attempt may be made, which then has begun}
	 * @param anyway whether it is made even where the instance gets no calls
	 */
	boolean tryBegin(boolean anyway) {
		boolean may = this.standing.tryBegin(anyway);
		if (may) {
			begun();
		}
		return may;
	}

	void eject(Duration duration) {
		this.standing.eject(now(), duration.toNanos());
	}

	void readmit() {
		this.standing.readmit(now());
	}

	boolean isEjected() {
		return this.standing.isEjected();
	}

	/** An attempt has begun. */
	void begun() {
		this.outstanding.incrementAndGet();
	}

	long now() {
		return this.timing.nanoTime();
	}

	/** The attempt succeeded. */
	void succeeded(long now, long nanos) {
		this.latency.observe(now, nanos);
		this.standing.succeeded(now, nanos);
		ended();
	}

	/** The instance answered, and its answer is no success, yet no fault of its own. */
	void answered(long now, long nanos, AttemptFailure failure) {
		this.latency.observePeak(now, nanos);
		this.standing.succeeded(now, nanos);
		remember(failure.attempt());
		ended();
	}

	/** The instance failed. */
	void failed(long now, long nanos, AttemptFailure failure) {
		this.latency.failed(now);
		this.standing.failed(now, nanos, failure);
		remember(failure.attempt());
		ended();
	}

	/**
	 * The attempt ended in a way that says nothing about the instance.
	 * @param now the time
	 * @param nanos how long the attempt took
	 * @param failure what happened, {@code null} if only the caller needed it no longer
	 */
	void abandoned(long now, long nanos, @Nullable AttemptFailure failure) {
		this.standing.abandoned(now, nanos);
		if (failure != null) {
			remember(failure.attempt());
		}
		ended();
	}

	/**
	 * The instance has no room, and asked not to be called for some time. That is no
	 * fault, so that an overloaded service is not cut off; but another may have room.
	 */
	void busyFor(long now, long nanos) {
		preferOthers(now);
		this.busyUntil = now + nanos;
	}

	/** What it did is no reason to cut it off, but one for calls to go elsewhere. */
	void preferOthers(long now) {
		this.latency.failed(now);
	}

	/** It gets calls again, and its share of them is for its warm-up to decide. */
	void forgive() {
		this.latency.forgive();
	}

	/** The registry says something new of the same process. */
	void update(Instance newer) {
		this.instance = newer;
	}

	/** The instance is gone: the channel is let go of when the last attempt has ended. */
	void retire() {
		this.retired = true;
		this.standing.retire();
		releaseIfIdle();
	}

	InstanceStatus status(long now) {
		return new InstanceStatus(this.instance, linkState(), this.shared.lastLoss(), this.standing.name(),
				this.standing.ejection(now), this.breaker.state(),
				new Share(warmUp(now), reportedWeight(now), channel().loadReport()), outstanding(),
				Duration.ofNanos((long) latencyNanos(now)), recentFailures(now), lastFailures());
	}

	/** How a refusal to take a call reads in a message. */
	String describe() {
		String text = this.instance.address() + " (breaker " + this.breaker.state() + ", " + linkState();
		String loss = this.shared.lastLoss();
		return (loss.isEmpty() || channel().isConnected()) ? text + ")" : text + ": " + loss + ")";
	}

	@Override
	public String toString() {
		return this.instance.service() + "@" + this.instance.address();
	}

	private static boolean isNotReady(Channel channel) {
		LoadReport report = channel.loadReport();
		return report != null && report.state() == ServerState.NOT_READY;
	}

	private String linkState() {
		if (channel().isDraining()) {
			return "DRAINING";
		}
		return channel().isConnected() ? "CONNECTED" : "DISCONNECTED";
	}

	private void connected(Channel channel) {
		long now = this.timing.nanoTime();
		String newest = channel.incarnation();
		if (!this.incarnation.isEmpty() && !this.incarnation.equals(newest)) {
			this.warmUp.begin(now);
		}
		this.incarnation = newest;
		if (!this.standing.isIn() || this.breaker.isOpen()) {
			if (now - this.returnedAt < MIN_RETURN_NANOS) {
				return;
			}
			this.returnedAt = now;
			this.standing.reconnected(now);
		}
		this.latency.reset(now);
	}

	private void ended() {
		this.outstanding.decrementAndGet();
		if (this.retired) {
			releaseIfIdle();
		}
	}

	private void releaseIfIdle() {
		if (this.outstanding.get() == 0 && this.released.compareAndSet(false, true)) {
			this.channels.release(this.shared, this.whenConnected);
		}
	}

	private void remember(Attempt attempt) {
		this.failuresLock.lock();
		try {
			if (this.failures.size() == FAILURES_KEPT) {
				this.failures.removeFirst();
			}
			this.failures.addLast(new Failure(Instant.now(), attempt));
		}
		finally {
			this.failuresLock.unlock();
		}
	}

	private List<Failure> lastFailures() {
		this.failuresLock.lock();
		try {
			return List.copyOf(this.failures);
		}
		finally {
			this.failuresLock.unlock();
		}
	}

}
