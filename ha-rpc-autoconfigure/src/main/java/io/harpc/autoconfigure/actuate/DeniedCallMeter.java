package io.harpc.autoconfigure.actuate;

import java.util.function.Consumer;

import io.harpc.server.DeniedCall;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Counts the calls that were refused because their callers may not make them.
 */
final class DeniedCallMeter implements Consumer<DeniedCall> {

	static final String NAME = "ha.rpc.server.denied";

	private final MeterRegistry meters;

	DeniedCallMeter(MeterRegistry meters) {
		this.meters = meters;
	}

	@Override
	public void accept(DeniedCall call) {
		Counter.builder(NAME)
			.description("Calls refused because their callers may not make them")
			.tag(CallMeters.SERVICE, call.service().toString())
			.tag(CallMeters.METHOD, call.method().substring(0, call.method().indexOf('(')))
			.register(this.meters)
			.increment();
	}

}
