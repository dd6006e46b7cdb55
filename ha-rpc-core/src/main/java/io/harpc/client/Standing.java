package io.harpc.client;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;

import io.harpc.client.InstanceStatus.Ejection;
import io.harpc.resilience.AttemptFailure;
import io.harpc.resilience.InstanceBreaker;
import io.harpc.resilience.OutlierDetector;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether one instance gets calls. It does, until it is ejected as an outlier, its
 * breaker opens or it says that it is not ready. From then on it gets none but one probe
 * at a time, unless {@link CutOffs} calls for more; when nothing holds it back any more
 * it gets calls again, few at first.
 * <p>
 * What came of an attempt counts only if it began after the last change: what was sent to
 * an instance before it was ejected says nothing of its return.
 * <p>
 * Thread-safe; without locks while all is well.
 */
final class Standing {

	private static final Logger LOG = LoggerFactory.getLogger(Standing.class);

	/**
	 * When an instance that could not be probed is asked again: its breaker refused, or
	 * it is not connected.
	 */
	private static final long ASK_AGAIN_NANOS = Duration.ofMillis(200).toNanos();

	private final InstanceState instance;

	private final InstanceBreaker breaker;

	private final CutOffs cutOffs;

	private final WarmUp warmUp;

	private final OutlierDetector detector;

	/** Attempts under way that the breaker did not permit. */
	private final AtomicInteger unpermitted = new AtomicInteger();

	/** Written under the lock of the cut-offs, as all that follow. */
	private volatile Phase phase = Phase.IN;

	/** When the phase began. */
	private volatile long since;

	private volatile boolean notReady;

	private volatile @Nullable String ejectedFor;

	private volatile long dueAt;

	private boolean gone;

	Standing(InstanceState instance, InstanceBreaker breaker, CutOffs cutOffs, WarmUp warmUp, long now) {
		this.instance = instance;
		this.breaker = breaker;
		this.cutOffs = cutOffs;
		this.warmUp = warmUp;
		this.detector = new OutlierDetector(cutOffs.settings(), now);
		this.since = now;
	}

	InstanceState instance() {
		return this.instance;
	}

	/**
	 * {@return whether it gets calls, its breaker permitting}
	 */
	boolean isIn() {
		return this.phase == Phase.IN;
	}

	boolean isEjected() {
		return this.ejectedFor != null;
	}

	/**
	 * {@return how it stands, for people to read}
	 */
	String name() {
		return this.phase.name();
	}

	@Nullable Ejection ejection(long now) {
		String reason = this.ejectedFor;
		return (reason != null)
				? new Ejection(reason, this.detector.times(), Instant.now().plusNanos(Math.max(0, this.dueAt - now)))
				: null;
	}

	/**
	 * {@return when it is worth a probe, while it waits for one}
	 */
	long dueAt() {
		return this.dueAt;
	}

	/**
	 * Asks whether an attempt may be made.
	 * @param anyway whether it is made even where the instance gets no calls
	 * @return whether it may, in which case it is told what came of it
	 */
	boolean tryBegin(boolean anyway) {
		if (!anyway && this.phase != Phase.IN) {
			return false;
		}
		if (this.breaker.tryAcquire()) {
			return true;
		}
		if (anyway && !this.breaker.isForcedOpen()) {
			this.unpermitted.incrementAndGet();
			return true;
		}
		this.cutOffs.change(this::refused);
		return false;
	}

	void succeeded(long now, long nanos) {
		if (isLate(now - nanos)) {
			abandoned(now, nanos);
			return;
		}
		permissionEnds();
		this.breaker.succeeded(nanos);
		this.detector.succeeded(now);
		if (this.phase == Phase.PROBED || (this.phase == Phase.OUT && !this.notReady)) {
			this.cutOffs.change(() -> proved(now, now - nanos));
		}
	}

	void failed(long now, long nanos, AttemptFailure failure) {
		if (isLate(now - nanos)) {
			abandoned(now, nanos);
			return;
		}
		permissionEnds();
		this.breaker.failed(nanos, failure);
		String outlier = this.detector.failed(now);
		if (this.phase == Phase.PROBED
				|| (this.phase == Phase.IN && (this.breaker.isOpen() || (outlier != null && !this.cutOffs.isFull())))) {
			this.cutOffs.change(() -> disproved(now, now - nanos, outlier, failure));
		}
	}

	/** The attempt said nothing. */
	void abandoned(long now, long nanos) {
		if (permissionEnds()) {
			this.breaker.release();
		}
		if (this.phase == Phase.PROBED) {
			this.cutOffs.change(() -> probedInVain(now, now - nanos));
		}
	}

	/** The instance says whether it is ready; asked and told for every choice. */
	void ready(long now, boolean ready) {
		if (ready == this.notReady) {
			this.cutOffs.change(() -> readinessChanged(now, ready));
		}
	}

	/** A connection has come back, so that it may be probed at once. */
	void reconnected(long now) {
		this.cutOffs.change(() -> {
			this.breaker.reconnected();
			if (this.phase != Phase.PROBED && (isEjected() || !this.breaker.isClosed())) {
				out(now, now);
			}
		});
	}

	/** A person wants it to get no calls for some time. */
	void eject(long now, long nanos) {
		this.cutOffs.change(() -> {
			if (!this.gone) {
				this.ejectedFor = "by hand";
				out(now, now + nanos);
				decided("ejected by hand for " + Duration.ofNanos(nanos).toSeconds() + " s");
				LOG.warn("{} is ejected by hand for {} s", this.instance, Duration.ofNanos(nanos).toSeconds());
			}
		});
	}

	/** A person wants it to get calls again. */
	void readmit(long now) {
		this.cutOffs.change(() -> {
			if (isEjected()) {
				readmit(now, "readmitted by hand");
			}
		});
	}

	/** The instance is gone. */
	void retire() {
		this.cutOffs.change(() -> {
			this.gone = true;
			this.cutOffs.remove(this);
		});
		this.breaker.close();
	}

	/** Begins a probe, if it can; called under the lock, as all that follow. */
	boolean tryProbe(long now) {
		boolean probable = this.instance.isProbable(now);
		if (this.phase != Phase.OUT) {
			// It has just been found to be ready, and gets calls
			return false;
		}
		boolean begun = probable && this.breaker.tryAcquire();
		if (begun) {
			enter(Phase.PROBED, now);
			this.instance.begun();
		}
		else {
			await(now + ASK_AGAIN_NANOS);
		}
		return begun;
	}

	/** It is no longer ejected, for another reason than its own good conduct. */
	void readmit(long now, String why) {
		this.ejectedFor = null;
		this.detector.returned(now);
		settle(now, why);
	}

	/**
	 * Which attempts had no permission does not matter, as long as their number is right:
	 * the breaker does not know one from the other.
	 * @return whether the attempt had one
	 */
	private boolean permissionEnds() {
		for (;;) {
			int without = this.unpermitted.get();
			if (without == 0) {
				return true;
			}
			if (this.unpermitted.compareAndSet(without, without - 1)) {
				return false;
			}
		}
	}

	private boolean isLate(long begunAt) {
		return begunAt - this.since < 0;
	}

	private void proved(long now, long begunAt) {
		if (this.phase == Phase.IN || isLate(begunAt)) {
			return;
		}
		if (isEjected()) {
			this.ejectedFor = null;
			this.detector.returned(now);
		}
		settle(now, "it answered a probe");
	}

	private void disproved(long now, long begunAt, @Nullable String outlier, AttemptFailure failure) {
		if (this.gone || isLate(begunAt)) {
			return;
		}
		boolean probed = this.phase == Phase.PROBED;
		if (probed && isEjected()) {
			eject(now, "its probe failed", failure);
		}
		else if (this.phase == Phase.IN && outlier != null && this.cutOffs.mayEject(this)) {
			eject(now, outlier, failure);
		}
		else if (probed) {
			out(now, now + ASK_AGAIN_NANOS);
		}
		else if (this.phase == Phase.IN && this.breaker.isOpen()) {
			out(now, now + ASK_AGAIN_NANOS);
			decided("gets no calls for now, its breaker is open: " + failure.getMessage());
			LOG.warn("{} gets no calls for now, its breaker is open: {}", this.instance, failure.getMessage());
		}
	}

	private void probedInVain(long now, long begunAt) {
		if (this.phase == Phase.PROBED && !isLate(begunAt)) {
			out(now, now + (isEjected() ? this.cutOffs.settings().baseDuration().toNanos() : ASK_AGAIN_NANOS));
		}
	}

	/** Somebody else has opened the breaker. */
	private void refused() {
		if (this.phase == Phase.IN && !this.breaker.isClosed()) {
			long now = this.instance.now();
			out(now, now + ASK_AGAIN_NANOS);
		}
	}

	private void readinessChanged(long now, boolean ready) {
		this.notReady = !ready;
		if (this.phase == Phase.IN && !ready) {
			out(now, now);
			decided("gets no calls while others can: it is not ready");
		}
		else if (this.phase == Phase.OUT && ready && !isEjected()) {
			settle(now, "it is ready");
		}
	}

	private void eject(long now, String why, AttemptFailure failure) {
		boolean again = isEjected();
		long nanos = this.detector.eject(now);
		this.ejectedFor = why + ", the last: " + failure.getMessage();
		out(now, now + nanos);
		decided("ejected for " + Duration.ofNanos(nanos).toSeconds() + " s: " + this.ejectedFor);
		if (!again) {
			LOG.warn("{} is ejected for {} s: {}", this.instance, Duration.ofNanos(nanos).toSeconds(), this.ejectedFor);
		}
	}

	private void settle(long now, String why) {
		if (this.gone) {
			return;
		}
		if (!this.breaker.isClosed() || this.notReady) {
			out(now, now);
			return;
		}
		enter(Phase.IN, now);
		this.cutOffs.remove(this);
		this.warmUp.begin(now);
		this.instance.forgive();
		decided("gets calls again: " + why);
		LOG.info("{} gets calls again: {}", this.instance, why);
	}

	private void out(long now, long probeAt) {
		if (this.gone) {
			return;
		}
		enter(Phase.OUT, now);
		this.cutOffs.add(this);
		if (isEjected() || !this.breaker.isClosed()) {
			await(probeAt);
		}
	}

	private void await(long probeAt) {
		this.dueAt = probeAt;
		this.cutOffs.await(this);
	}

	private void enter(Phase next, long now) {
		this.phase = next;
		this.since = now;
	}

	private void decided(String what) {
		this.cutOffs.decided(this.instance.instance().address() + " " + what);
	}

	/** How an instance stands. */
	private enum Phase {

		/** It gets calls. */
		IN,

		/** It gets none. */
		OUT,

		/** It got one, of which it is not known yet what comes of it. */
		PROBED

	}

}
