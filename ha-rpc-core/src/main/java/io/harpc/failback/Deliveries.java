package io.harpc.failback;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

import io.harpc.Outcome;
import io.harpc.failback.FailbackTarget.Result;
import io.harpc.failback.FailbackTarget.Try;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What waits to be delivered, and what happens to it next. Decides and never waits but
 * for the disk: whoever drives it calls {@link #turn} again and again. For one thread.
 * <p>
 * A reference has one call under way at a time, the oldest that may be tried, so that the
 * order holds while all is well. After a try that did not succeed its method pauses, and
 * other methods go on. Where no server took the call it stays first in line; what failed
 * otherwise may be the call's own fault, and it steps aside for a pause of its own.
 * <p>
 * A try that perhaps ran may be repeated only at the same run of the same server. So the
 * journal says where a try goes before it is sent, in case this process does not live to
 * see its end.
 */
final class Deliveries {

	private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);

	private static final byte[] NO_MARK = new byte[0];

	/** The clocks may be set, and the machine may sleep. */
	private static final long MAX_WAIT = TimeUnit.MINUTES.toNanos(1);

	private final FailbackSettings settings;

	private final Journal journal;

	private final Capacity capacity;

	private final Backoff backoff;

	private final InstantSource clock;

	/** All calls, oldest first. */
	private final TreeMap<Long, Pending> pending = new TreeMap<>();

	private final Map<String, ReferenceQueue> references = new HashMap<>();

	/** To be on disk when this turn ends. */
	private final List<Acceptance> accepted = new ArrayList<>();

	private final List<Prepared> prepared = new ArrayList<>();

	private long delivered;

	private long lost;

	private @Nullable String lastError;

	private boolean broken;

	Deliveries(FailbackSettings settings, Journal journal, Capacity capacity, Backoff backoff, InstantSource clock) {
		this.settings = settings;
		this.journal = journal;
		this.capacity = capacity;
		this.backoff = backoff;
		this.clock = clock;
	}

	/**
	 * Takes over what an earlier run of this program left in the journal.
	 * @throws IOException if the file cannot be read
	 */
	void recover() throws IOException {
		for (long id : this.journal.ids()) {
			byte[] call = this.journal.call(id);
			byte[] mark = this.journal.mark(id);
			try {
				Pending found = new Pending(id, FailbackCall.decode((call != null) ? call : NO_MARK));
				found.first = (mark != null) ? FirstTry.decode(mark) : null;
				found.perhapsRan = mark != null;
				this.capacity.take(found.length());
				add(found);
			}
			catch (IOException ex) {
				LOG.warn("Call {} in {} cannot be read; it stays there, and is not delivered", id, this.journal, ex);
			}
		}
		if (!this.pending.isEmpty()) {
			LOG.info("{} holds {} calls of an earlier run, by reference: {}", this.journal, this.pending.size(),
					status().pending());
		}
	}

	/** Has a call written, for which there is room, with the next turn. */
	void accept(Acceptance acceptance) {
		if (acceptance.take()) {
			acceptance.setId(this.journal.put(acceptance.call().encode()));
			this.accepted.add(acceptance);
		}
		else {
			this.capacity.release(acceptance.call().arguments().length);
		}
	}

	/** Begins to deliver the calls of a reference. */
	void attach(String reference, FailbackTarget target) {
		reference(reference).target = target;
	}

	/** Decides on what came of a try. */
	void answered(Pending call, Result result, long now) {
		reference(call).underWay = null;
		if (result.outcome() == Outcome.SUCCEEDED) {
			if (method(call).succeeded()) {
				LOG.info("{} is delivered again", call.heading());
			}
			this.delivered++;
			remove(call);
		}
		else if (!result.repeatable()) {
			giveUp(call, "ended " + result.outcome() + ": " + result.description());
		}
		else {
			failed(call, result, now);
		}
	}

	/**
	 * Does all that can be done now.
	 * @param now the monotonic clock
	 * @param send sends a try; what came of it is told later
	 * @return nanoseconds until there may be more to do
	 */
	long turn(long now, BiConsumer<Pending, Try> send) {
		expire();
		this.references.values().forEach((reference) -> prepare(reference, now));
		IOException failure = commit();
		settle(failure);
		send(failure, now, send);
		return untilNext(now);
	}

	/** Begins no further try. */
	void stop() {
		this.references.values().forEach((reference) -> reference.target = null);
	}

	boolean isUnderWay() {
		return this.references.values().stream().anyMatch((reference) -> reference.underWay != null);
	}

	FailbackStatus status() {
		Map<String, Integer> byReference = new HashMap<>();
		this.references.forEach((name, reference) -> byReference.put(name, reference.size));
		Instant oldest = this.pending.isEmpty() ? null
				: Instant.ofEpochMilli(this.pending.firstEntry().getValue().heading().createdMillis());
		return new FailbackStatus(this.settings.directory(), byReference, this.capacity.bytes(), oldest, this.delivered,
				this.lost, this.lastError);
	}

	private void prepare(ReferenceQueue reference, long now) {
		Pending call = reference.next(now);
		FailbackTarget target = reference.target;
		if (call == null || target == null) {
			return;
		}
		FailbackCall read = read(call, now);
		if (read == null) {
			return;
		}
		try {
			Try attempt = target.prepare(read, call.first);
			if (attempt != null) {
				this.prepared.add(new Prepared(call, attempt, mark(call, attempt.incarnation())));
				reference.underWay = call;
			}
			else {
				noInstance(call, now);
			}
		}
		catch (IOException ex) {
			method(call).remove(call);
			this.lastError = call + " cannot be made by this version of the program: " + ex.getMessage();
			LOG.warn("{} cannot be made by this version of the program, and waits until it expires: {}", call,
					ex.getMessage());
		}
		catch (RuntimeException ex) {
			// Of a load balancer of the application's own, for example
			failed(call, new Result(Outcome.NOT_SENT, true, ex.toString()), now);
		}
	}

	/**
	 * {@return the whole call, {@code null} if the file cannot be read now}
	 */
	private @Nullable FailbackCall read(Pending call, long now) {
		try {
			byte[] bytes = this.journal.call(call.id());
			if (bytes == null) {
				throw new IOException(call + " is missing in " + this.journal);
			}
			FailbackCall read = FailbackCall.decode(bytes);
			// To the same key the server would repeat its answer
			return (call.answers == 0) ? read : read.withKey(read.key() + "." + call.answers);
		}
		catch (IOException ex) {
			failed(call, new Result(Outcome.REJECTED, true, String.valueOf(ex.getMessage())), now);
			return null;
		}
	}

	/**
	 * {@return whether the try must not be sent before the journal is written}
	 */
	private boolean mark(Pending call, @Nullable String incarnation) {
		if (incarnation == null || call.first != null) {
			return false;
		}
		call.first = new FirstTry(incarnation, this.clock.millis());
		this.journal.mark(call.id(), call.first.encode());
		return true;
	}

	private void unmark(Pending call) {
		if (call.first != null) {
			call.first = null;
			this.journal.mark(call.id(), NO_MARK);
		}
	}

	private void noInstance(Pending call, long now) {
		if (!call.perhapsRan) {
			failed(call, new Result(Outcome.NOT_SENT, true, "no instance can take it now"), now);
		}
		else {
			stepAside(call, now);
			this.lastError = call + " perhaps ran on a server that cannot be reached now";
		}
	}

	private void failed(Pending call, Result result, long now) {
		this.lastError = call + ": " + result.outcome() + ", " + result.description();
		if (result.outcome() == Outcome.UNKNOWN) {
			call.perhapsRan = true;
		}
		else if (!call.perhapsRan) {
			unmark(call);
		}
		switch (result.outcome()) {
			case NOT_SENT, NOT_STARTED, EXPIRED -> {
				// Says nothing about the call, which stays first in line
			}
			case FAILED -> {
				call.answers++;
				stepAside(call, now);
			}
			default -> stepAside(call, now);
		}
		if (method(call).pause(now, this.backoff)) {
			LOG.warn("{} cannot be delivered now and is tried again until {} have passed: {}, {}", call.heading(),
					this.settings.expiry(), result.outcome(), result.description());
		}
	}

	private void stepAside(Pending call, long now) {
		call.failures++;
		method(call).stepAside(call, now + this.backoff.nanos(call.failures));
	}

	private @Nullable IOException commit() {
		try {
			this.journal.commit();
			if (this.broken) {
				LOG.info("{} can be written again", this.journal);
			}
			this.broken = false;
			return null;
		}
		catch (IOException ex) {
			if (!this.broken) {
				LOG.warn("{}. Calls to be delivered later are refused until it can be", ex.getMessage());
			}
			this.broken = true;
			this.lastError = ex.getMessage();
			return ex;
		}
	}

	private void settle(@Nullable IOException failure) {
		for (Acceptance acceptance : this.accepted) {
			if (failure == null) {
				add(new Pending(acceptance.id(), acceptance.call()));
				acceptance.complete(null);
			}
			else {
				this.capacity.release(acceptance.call().arguments().length);
				acceptance.completeExceptionally(failure);
			}
		}
		this.accepted.clear();
	}

	private void send(@Nullable IOException failure, long now, BiConsumer<Pending, Try> send) {
		for (Prepared ready : this.prepared) {
			if (failure != null && ready.marked()) {
				answered(ready.call(), new Result(Outcome.NOT_SENT, true, String.valueOf(failure.getMessage())), now);
			}
			else {
				send.accept(ready.call(), ready.attempt());
			}
		}
		this.prepared.clear();
	}

	private void expire() {
		long bound = this.clock.millis() - this.settings.expiry().toMillis();
		List<Pending> expired = new ArrayList<>();
		for (Pending call : this.pending.values()) {
			if (call.heading().createdMillis() > bound) {
				break;
			}
			if (reference(call).underWay != call) {
				expired.add(call);
			}
		}
		expired.forEach((call) -> giveUp(call, "was not delivered within " + this.settings.expiry()
				+ ((call.perhapsRan) ? "; it perhaps ran" : "; it did not run")));
	}

	private long untilNext(long now) {
		long wait = MAX_WAIT;
		for (ReferenceQueue reference : this.references.values()) {
			wait = Math.min(wait, reference.untilNext(now));
		}
		if (!this.pending.isEmpty()) {
			long age = this.clock.millis() - this.pending.firstEntry().getValue().heading().createdMillis();
			wait = Math.min(wait, TimeUnit.MILLISECONDS.toNanos(Math.max(1, this.settings.expiry().toMillis() - age)));
		}
		return wait;
	}

	private void giveUp(Pending call, String why) {
		this.lost++;
		this.lastError = call + " " + why;
		LOG.warn("Given up: {}, made at {}, {}", call, Instant.ofEpochMilli(call.heading().createdMillis()), why);
		remove(call);
	}

	private void add(Pending call) {
		this.pending.put(call.id(), call);
		reference(call).size++;
		method(call).add(call);
	}

	private void remove(Pending call) {
		this.journal.remove(call.id());
		this.pending.remove(call.id());
		reference(call).size--;
		method(call).remove(call);
		this.capacity.release(call.length());
	}

	private ReferenceQueue reference(Pending call) {
		return reference(call.heading().reference());
	}

	private ReferenceQueue reference(String name) {
		return this.references.computeIfAbsent(name, (key) -> new ReferenceQueue());
	}

	private MethodQueue method(Pending call) {
		return reference(call).method(call);
	}

	/**
	 * A try that leaves at the end of the turn.
	 *
	 * @param call the call
	 * @param attempt the try
	 * @param marked whether the journal must say so first
	 */
	private record Prepared(Pending call, Try attempt, boolean marked) {

	}

}
