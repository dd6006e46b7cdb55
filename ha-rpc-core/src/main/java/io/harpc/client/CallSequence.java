package io.harpc.client;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import io.harpc.Attempt;
import io.harpc.CallObserver.Observed;
import io.harpc.Deadline;
import io.harpc.Outcome;
import io.harpc.RpcException;
import io.harpc.client.FailureReport.Reason;
import io.harpc.client.Flight.Blame;
import io.harpc.client.Flight.Ending;
import io.harpc.protocol.IdempotencyRetry;
import io.harpc.resilience.AttemptFailure;
import io.harpc.resilience.AttemptFailure.Circumstances;
import io.harpc.resilience.ReferenceRetry;
import io.harpc.resilience.RetryBudget;
import io.harpc.serialization.RemoteFailure;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call from its first attempt to its end: all that is decided, and nothing that
 * waits. Waiting is left to whoever drives it, {@link BlockingCall} or {@link AsyncCall},
 * by this loop: {@link #begin()}, send the flight, {@link #landed}, pause, begin again. A
 * flight that takes long may get company, {@link #overdue}. The call ends once; flights
 * may land after it. Not thread-safe: a driver that has several threads guards it.
 */
final class CallSequence {

	/** The pause that means: no further attempt follows from this one. */
	static final long NONE = ReferenceRetry.STOP;

	private static final Logger LOG = LoggerFactory.getLogger(CallSequence.class);

	private final ReferenceMethod method;

	private final @Nullable Object @Nullable [] arguments;

	private final Deadline deadline;

	private final Map<String, String> headers;

	private final Observed observed;

	private final Timing timing;

	private final InstanceChoice choice;

	/** By which the server knows the call again, if it is tried again. */
	private final @Nullable String key;

	/** The one instance that the call is for, {@code null} if any will do. */
	private final @Nullable InstanceState only;

	/** Set if the call may go nowhere else any more. */
	private @Nullable PerhapsRan perhapsRan;

	private final long callStart;

	/** The newest flight while it is under way and not late. */
	private @Nullable Flight flight;

	/** Those under way that are late. */
	private List<Flight> late = List.of();

	/** Attempts that are to be made after a pause. */
	private int due = 1;

	/** What came of the attempts, as far as they did not succeed. */
	private List<Attempt> attempts = List.of();

	private ReferenceRetry.@Nullable Attempts retry;

	/** How many failures the retry has heard of. */
	private int told;

	/** What else is known of these attempts. */
	private Set<Reason> reasons = Set.of();

	private boolean givenUp;

	/** Why no attempt was made beside one that was late, if there is more to say. */
	private @Nullable String alone;

	/** What the method threw, the last time that it did. */
	private @Nullable Throwable thrown;

	private @Nullable Throwable unreadable;

	private boolean over;

	private @Nullable Object result;

	private @Nullable Throwable failure;

	/**
	 * Begins a call.
	 * @param method what is called
	 * @param arguments its arguments
	 * @param key by which the server knows it again, {@code null} if it has none
	 * @param observed says what travels with it, and hears of its end
	 */
	CallSequence(ReferenceMethod method, @Nullable Object @Nullable [] arguments, @Nullable String key,
			Observed observed) {
		this.method = method;
		this.arguments = arguments;
		this.headers = observed.headers();
		this.observed = observed;
		this.timing = method.reference().timing();
		this.callStart = this.timing.nanoTime();
		method.reference().retry().budget().called(this.callStart);
		this.deadline = method.reference().deadline(this.callStart);
		this.choice = new InstanceChoice(method.reference().loadBalancer(), method.hashKey(arguments));
		this.key = key;
		this.only = null;
	}

	private CallSequence(CallSequence whole, InstanceState only) {
		this.method = whole.method;
		this.arguments = whole.arguments;
		this.headers = whole.headers;
		this.observed = Observed.NOTHING;
		this.timing = whole.timing;
		this.callStart = whole.callStart;
		this.deadline = whole.deadline;
		this.choice = new InstanceChoice(this.method.reference().loadBalancer(), null);
		this.key = whole.key;
		this.only = only;
	}

	/**
	 * {@return the same call, for one instance and no other; nobody observes its end}
	 */
	CallSequence partFor(InstanceState instance) {
		return new CallSequence(this, instance);
	}

	ReferenceMethod method() {
		return this.method;
	}

	@Nullable Object @Nullable [] arguments() {
		return this.arguments;
	}

	Deadline deadline() {
		return this.deadline;
	}

	/**
	 * {@return whether it may be tried again on the same run of the same server, and on
	 * no other, once it perhaps ran}
	 */
	boolean isHeldToItsInstance() {
		return this.key != null && !this.method.idempotent();
	}

	/**
	 * {@return what travels with an attempt that begins now}
	 */
	Map<String, String> headers() {
		if (this.key == null) {
			return this.headers;
		}
		Map<String, String> keyed = new HashMap<>(this.headers);
		keyed.put(IdempotencyRetry.KEY_HEADER, this.key);
		if (this.perhapsRan != null) {
			// It may wait for a connection until the deadline, and must not seem younger
			long age = this.deadline.nanoTime() - this.perhapsRan.start();
			keyed.put(IdempotencyRetry.HEADER, new IdempotencyRetry(this.perhapsRan.incarnation(), age).text());
		}
		return keyed;
	}

	Timing timing() {
		return this.timing;
	}

	/**
	 * Goes on with a call that perhaps ran when it was made before.
	 * @param first its first attempt
	 */
	void resume(PerhapsRan first) {
		this.perhapsRan = first;
	}

	/**
	 * Begins an attempt: chooses its instance.
	 * @return the flight to send, {@code null} if there is none: then the call is over,
	 * or waits for another flight
	 */
	@Nullable Flight begin() {
		if (this.over || this.givenUp) {
			return null;
		}
		this.due--;
		long now = this.timing.nanoTime();
		InstanceSnapshot snapshot = snapshot();
		if (this.deadline.nanoTime() - now <= 0 && snapshot.isKnown()) {
			endUnlessWaiting(false, "The deadline passed before a further attempt could be made.");
			return null;
		}
		try {
			InstanceState instance = choose(snapshot, now);
			if (instance != null) {
				return fly(instance, now, snapshot);
			}
			endUnlessWaiting(false, describeNoInstance(snapshot));
		}
		catch (RuntimeException ex) {
			// A load balancer of the application's own: its caller is told, and the
			// observer
			if (!isWaiting()) {
				end(outcome(), ex);
			}
		}
		return null;
	}

	/**
	 * Decides whether a flight that takes long gets company.
	 * @param overdue the flight
	 * @return the flight to send beside it, {@code null} if there is none
	 */
	@Nullable Flight overdue(Flight overdue) {
		if (this.over || this.givenUp || this.flight != overdue) {
			return null;
		}
		setAside(overdue);
		InstanceSnapshot snapshot = snapshot();
		if (!isAttemptLeft(0) || !this.choice.isUntriedLeft(snapshot)) {
			return null;
		}
		RetryBudget budget = this.method.reference().retry().budget();
		if (!budget.trySpend()) {
			this.alone = budget.describe();
			return null;
		}
		try {
			long now = this.timing.nanoTime();
			InstanceState instance = this.choice.chooseAnother(snapshot, now);
			return (instance != null) ? fly(instance, now, snapshot) : null;
		}
		catch (RuntimeException ex) {
			this.alone = "No other instance could be chosen: " + ex + ".";
			return null;
		}
	}

	/**
	 * Decides on what came of a flight.
	 * @param landed the flight
	 * @return nanoseconds until the next attempt, or {@link #NONE}: then the call is
	 * over, or waits for another flight
	 */
	long landed(Flight landed) {
		boolean wasLate = this.flight != landed;
		if (wasLate) {
			this.late.remove(landed);
		}
		else {
			this.flight = null;
		}
		Ending ending = landed.ending();
		if (this.over) {
			lost(landed, ending);
			return NONE;
		}
		if (ending != null) {
			return failed(landed, ending, wasLate);
		}
		landed.succeeded();
		this.method.reference().answeredBy(landed.instance());
		this.method.reference().retry().succeeded(this.retry);
		this.method.record(landed.nanos());
		succeed(landed.result());
		return NONE;
	}

	/**
	 * Ends the call.
	 * @param result what the caller gets
	 */
	void succeed(@Nullable Object result) {
		this.result = result;
		this.over = true;
		this.observed.end(Outcome.SUCCEEDED, null);
	}

	/**
	 * Ends the call as its parts did.
	 * @param parts those that failed
	 * @param number how many parts there were
	 */
	void fail(List<CallSequence> parts, int number) {
		this.reasons = Set.of(Reason.BROADCAST);
		this.attempts = parts.stream().flatMap((part) -> part.attempts.stream()).toList();
		Set<Outcome> outcomes = parts.stream().map(CallSequence::outcome).collect(Collectors.toSet());
		boolean ranNowhere = parts.size() == number && outcomes.stream().allMatch(Outcome::isUnprocessed);
		boolean threw = outcomes.equals(Set.of(Outcome.FAILED));
		Outcome outcome = threw ? Outcome.FAILED : ranNowhere ? parts.get(0).outcome() : Outcome.UNKNOWN;
		FailureReport report = report(number + " instances were called, and " + parts.size() + " of them failed.");
		Throwable first = Objects.requireNonNull(parts.get(0).failure);
		RpcException failure = threw ? report.remote(first) : report.failure(outcome);
		parts.forEach((part) -> failure.addSuppressed(Objects.requireNonNull(part.failure)));
		end(outcome, failure);
	}

	/**
	 * Makes no further attempt: ends the call, unless attempts are under way, for whose
	 * end it waits.
	 * @param note why, for a person to read
	 * @return the flights to be cancelled
	 */
	List<Flight> giveUp(String note) {
		List<Flight> underWay = underWay();
		this.givenUp = true;
		this.due = 0;
		if (underWay.isEmpty() && !this.over) {
			this.reasons = Set.of(Reason.GIVEN_UP);
			end(note);
		}
		return underWay;
	}

	/**
	 * {@return the flights that have not landed}
	 */
	List<Flight> underWay() {
		List<Flight> flights = new ArrayList<>(this.late);
		if (this.flight != null) {
			flights.add(this.flight);
		}
		return flights;
	}

	/**
	 * {@return whether it has ended, so that it has either a result or a failure}
	 */
	boolean isOver() {
		return this.over;
	}

	/**
	 * {@return what the method returned}
	 */
	@Nullable Object result() {
		return this.result;
	}

	/**
	 * {@return what the caller gets thrown, {@code null} if the call succeeded}
	 */
	@Nullable Throwable failure() {
		return this.failure;
	}

	private InstanceSnapshot snapshot() {
		return this.method.reference().instances().snapshot();
	}

	private @Nullable InstanceState choose(InstanceSnapshot snapshot, long now) {
		if (this.only != null) {
			return this.choice.only(this.only) ? this.only : null;
		}
		if (this.perhapsRan != null) {
			InstanceState first = this.perhapsRan.instance();
			return (this.perhapsRan.isThere() && this.choice.only(first)) ? first : null;
		}
		InstanceState favourite = this.attempts.isEmpty() ? this.method.reference().favourite() : null;
		if (favourite != null && !favourite.isRetired() && favourite.isAvailable(now) && this.choice.only(favourite)) {
			return favourite;
		}
		return this.choice.choose(snapshot, now);
	}

	private String describeNoInstance(InstanceSnapshot snapshot) {
		if (this.only != null) {
			return "The instance cannot take the call: " + this.only.describe() + ".";
		}
		return (this.perhapsRan != null) ? this.perhapsRan.describe()
				: this.method.reference().describeNoInstance(snapshot);
	}

	private Flight fly(InstanceState instance, long now, InstanceSnapshot snapshot) {
		if (this.flight != null) {
			setAside(this.flight);
		}
		// Nobody need look after the last attempt, nor where there is no other instance
		boolean hasCompany = isAttemptLeft(1) && snapshot.size() > 1 && this.only == null;
		long patience = hasCompany ? this.method.patienceNanos(this.deadline.nanoTime() - this.callStart)
				: Long.MAX_VALUE;
		this.flight = new Flight(this, instance, now, patience);
		return this.flight;
	}

	/** It goes on, and is not the newest any more. */
	private void setAside(Flight late) {
		this.flight = null;
		if (this.late.isEmpty()) {
			this.late = new ArrayList<>();
		}
		this.late.add(late);
		this.choice.late(late.instance());
	}

	/**
	 * {@return whether there may be attempts besides those made, under way and due, and
	 * some more}
	 */
	private boolean isAttemptLeft(int more) {
		int made = this.attempts.size() + this.late.size() + ((this.flight != null) ? 1 : 0) + this.due;
		return made + more < this.method.reference().maxAttempts();
	}

	private long failed(Flight landed, Ending ending, boolean wasLate) {
		remember(ending);
		if (wasLate) {
			this.choice.landed(landed.instance());
		}
		else {
			this.choice.tried(landed.instance());
		}
		boolean replayable = isReplayable(landed, ending);
		if (replayable && this.perhapsRan == null) {
			this.perhapsRan = new PerhapsRan(landed.instance(), landed.incarnation(), landed.start());
		}
		AttemptFailure failed = describe(landed, ending, replayable);
		landed.blame(ending.blame(), failed);
		if (ending.reason() == Reason.GIVEN_UP) {
			this.givenUp = true;
			this.due = 0;
		}
		// The last failure of all is told as well, though it is followed by no attempt
		boolean last = !isWaiting() && this.told == this.attempts.size() - 1;
		if (!this.givenUp && (isAttemptLeft(0) || last)) {
			long pause = pauseAfter(failed);
			if (pause != NONE && isAttemptLeft(0)) {
				this.due++;
				return pause;
			}
		}
		endUnlessWaiting(ending.attempt().outcome() == Outcome.FAILED, failed.stopped());
		return NONE;
	}

	/** Whether the server would know an attempt again that perhaps ran. */
	private boolean isReplayable(Flight landed, Ending ending) {
		return isHeldToItsInstance() && ending.attempt().outcome() == Outcome.UNKNOWN && ending.reason() == null
				&& ending.detail() == null && !landed.incarnation().isEmpty();
	}

	/** A flight landed after the call had ended: only its instance learns from it. */
	private void lost(Flight landed, @Nullable Ending ending) {
		if (ending == null) {
			landed.succeeded();
		}
		else {
			Blame blame = (ending.reason() == Reason.GIVEN_UP && !this.givenUp) ? landed.blameOfSilence()
					: ending.blame();
			landed.blame(blame, describe(landed, ending, false));
			this.method.record(landed.nanos());
		}
	}

	private boolean isWaiting() {
		return this.flight != null || !this.late.isEmpty() || this.due > 0;
	}

	private void remember(Ending ending) {
		LOG.debug("{}: {}", this.method.descriptor(), ending.attempt());
		if (this.attempts.isEmpty()) {
			this.attempts = new ArrayList<>();
			this.reasons = EnumSet.noneOf(Reason.class);
			if (isHeldToItsInstance()) {
				this.reasons.add(Reason.KEYED);
			}
		}
		this.attempts.add(ending.attempt());
		if (ending.reason() != null) {
			this.reasons.add(ending.reason());
		}
		if (ending.detail() instanceof RemoteFailure remote) {
			this.thrown = (remote.declared() != null) ? remote.declared() : report(null).remote(remote);
		}
		else if (ending.detail() instanceof Throwable ex) {
			this.unreadable = ex;
		}
	}

	private AttemptFailure describe(Flight landed, Ending ending, boolean replayable) {
		boolean untriedLeft = this.only == null && this.perhapsRan == null && this.choice.isUntriedLeft(snapshot());
		Throwable cause = (ending.attempt().outcome() == Outcome.FAILED) ? this.thrown : null;
		return new AttemptFailure(ending.attempt(), cause,
				new Circumstances(this.method.idempotent() || replayable, untriedLeft,
						this.deadline.nanoTime() - landed.end(), ending.retryAfterNanos(), ending.isOfInstance(),
						ending.blame() == Blame.BUSY));
	}

	private long pauseAfter(AttemptFailure failed) {
		if (this.retry == null) {
			this.retry = this.method.reference().retry().begin();
		}
		this.told++;
		return this.retry.failed(failed);
	}

	/** Another flight may make good whatever is no answer of the method. */
	private void endUnlessWaiting(boolean answered, @Nullable String note) {
		if (answered || !isWaiting()) {
			end((note != null) ? note : this.alone);
		}
	}

	private void end(@Nullable String note) {
		Outcome outcome = outcome();
		end(outcome, (this.thrown != null) ? this.thrown : report(note).failure(outcome));
	}

	private void end(Outcome outcome, Throwable failure) {
		this.failure = failure;
		this.over = true;
		this.observed.end(outcome, failure);
	}

	/**
	 * What came of the call as a whole: what perhaps ran is not undone by what did not.
	 */
	private Outcome outcome() {
		if (this.thrown != null) {
			return Outcome.FAILED;
		}
		Outcome last = Outcome.NOT_SENT;
		for (Attempt attempt : this.attempts) {
			last = attempt.outcome();
			if (last == Outcome.UNKNOWN) {
				return last;
			}
		}
		return last;
	}

	private FailureReport report(@Nullable String note) {
		return new FailureReport(this.method, this.attempts, this.timing.nanoTime() - this.callStart,
				this.deadline.nanoTime() - this.callStart, note, this.unreadable, this.reasons);
	}

}
