package io.harpc.demo.consumer;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.harpc.Address;
import io.harpc.ServiceKey;
import io.harpc.client.InstanceStatus;
import io.harpc.client.InstanceStatus.Ejection;
import io.harpc.client.InstanceStatus.Share;
import io.harpc.client.ReferenceSettings;
import io.harpc.client.ReferenceStatus;
import io.harpc.demo.api.DivisionService;
import io.harpc.registry.Instance;
import io.harpc.registry.Instances.Origin;
import io.harpc.resilience.RetryBudget;

/**
 * What a client might believe.
 */
final class Statuses {

	private Statuses() {
	}

	static ReferenceStatus reference(Class<?> type, Origin origin, InstanceStatus... instances) {
		return new ReferenceStatus(ReferenceSettings.of(type), origin,
				new RetryBudget.Status(RetryBudget.Settings.defaults(), 0, 0), false, List.of(), List.of(instances));
	}

	static InstanceStatus connected(Address address) {
		return instance(address, "CONNECTED", "", "CLOSED", null);
	}

	static InstanceStatus instance(Address address, String connection, String lastLoss, String breaker,
			@Nullable Ejection ejection) {
		Instance instance = new Instance("id", ServiceKey.of(DivisionService.class), address, 100, "", "json",
				Map.of());
		return new InstanceStatus(instance, connection, lastLoss, (ejection != null) ? "OUT" : "IN", ejection, breaker,
				new Share(1, 0, null), 0, Duration.ZERO, 0, List.of());
	}

}
