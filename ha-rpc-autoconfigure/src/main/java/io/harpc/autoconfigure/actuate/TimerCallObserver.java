package io.harpc.autoconfigure.actuate;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;

import io.harpc.CallObserver;
import io.harpc.Outcome;
import io.harpc.ServiceKey;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Times every call. A timer is looked up once for each method and outcome, so a call
 * costs two map lookups and one small object.
 */
final class TimerCallObserver implements CallObserver {

	private final MeterRegistry meters;

	private final Map<ServiceKey, Map<String, MethodTimers>> client = new ConcurrentHashMap<>();

	private final Map<ServiceKey, Map<String, MethodTimers>> server = new ConcurrentHashMap<>();

	TimerCallObserver(MeterRegistry meters) {
		this.meters = meters;
	}

	@Override
	public Observed begin(Side side, ServiceKey service, String method, Map<String, String> headers) {
		MethodTimers timers = ((side == Side.CLIENT) ? this.client : this.server)
			.computeIfAbsent(service, (key) -> new ConcurrentHashMap<>())
			.computeIfAbsent(method, (name) -> new MethodTimers(side, service, name));
		return new TimedCall(timers, System.nanoTime());
	}

	private final class MethodTimers {

		private final Side side;

		private final ServiceKey service;

		private final String method;

		private final AtomicReferenceArray<@Nullable Timer> byOutcome = new AtomicReferenceArray<>(
				Outcome.values().length);

		private MethodTimers(Side side, ServiceKey service, String method) {
			this.side = side;
			this.service = service;
			this.method = method;
		}

		/** Two threads may look up the same timer at first; both find the same one. */
		private Timer of(Outcome outcome) {
			Timer timer = this.byOutcome.get(outcome.ordinal());
			if (timer == null) {
				timer = Timer.builder(CallMeters.name(this.side))
					.description(CallMeters.description(this.side))
					.tag(CallMeters.SERVICE, this.service.toString())
					.tag(CallMeters.METHOD, this.method)
					.tag(CallMeters.OUTCOME, outcome.name())
					.register(TimerCallObserver.this.meters);
				this.byOutcome.set(outcome.ordinal(), timer);
			}
			return timer;
		}

	}

	private record TimedCall(MethodTimers timers, long startNanos) implements Observed {

		@Override
		public void end(Outcome outcome, @Nullable Throwable error) {
			this.timers.of(outcome).record(System.nanoTime() - this.startNanos, TimeUnit.NANOSECONDS);
		}

	}

}
