package io.harpc.demo.consumer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.harpc.client.InstanceStatus;
import io.harpc.client.ReferenceStatus;
import io.harpc.registry.Instances.Origin;

/**
 * Tells in words how what the client believes of the instances changed since the last
 * look. One process is one address, whatever number of services it has. Not thread-safe.
 */
final class InstanceWatch {

	private Map<String, Sight> last = Map.of();

	private boolean registryAway;

	/**
	 * Looks again.
	 * @param references what the client believes now
	 * @return what changed, in words
	 */
	List<String> changes(List<ReferenceStatus> references) {
		Map<String, Sight> now = new TreeMap<>();
		for (ReferenceStatus reference : references) {
			for (InstanceStatus instance : reference.instances()) {
				now.merge(instance.instance().address().toString(), Sight.of(instance), Sight::and);
			}
		}
		List<String> changes = registryChanges(references);
		now.forEach((address, sight) -> {
			String before = this.last.containsKey(address) ? this.last.get(address).words() : "";
			if (!sight.words().equals(before)) {
				changes.add(address + " " + sight.words());
			}
		});
		this.last.keySet()
			.stream()
			.filter((address) -> !now.containsKey(address))
			.forEach((address) -> changes.add(address + " gone from the registry"));
		this.last = now;
		return changes;
	}

	private List<String> registryChanges(List<ReferenceStatus> references) {
		boolean awayBefore = this.registryAway;
		this.registryAway = references.stream()
			.anyMatch((reference) -> reference.origin() == Origin.KEPT || reference.origin() == Origin.SNAPSHOT);
		List<String> changes = new ArrayList<>();
		if (this.registryAway && !awayBefore) {
			changes.add("registry away, going on with the instances known");
		}
		else if (awayBefore && !this.registryAway) {
			changes.add("registry back");
		}
		return changes;
	}

	/** What the client believes of one address. */
	private record Sight(String connection, String lastLoss, boolean ejected, boolean cutOff) {

		static Sight of(InstanceStatus instance) {
			return new Sight(instance.connection(), instance.lastLoss(), instance.ejection() != null,
					instance.breaker().equals("OPEN"));
		}

		Sight and(Sight other) {
			return new Sight(this.connection.equals("CONNECTED") ? this.connection : other.connection,
					this.lastLoss.isEmpty() ? other.lastLoss : this.lastLoss, this.ejected || other.ejected,
					this.cutOff || other.cutOff);
		}

		String words() {
			String words = switch (this.connection) {
				case "CONNECTED" -> "connected";
				case "DRAINING" -> "is stopping, gets no new calls";
				default -> "not connected" + (this.lastLoss.isEmpty() ? "" : ": " + this.lastLoss);
			};
			return words + (this.ejected ? ", ejected for a while" : this.cutOff ? ", cut off by its breaker" : "");
		}

	}

}
