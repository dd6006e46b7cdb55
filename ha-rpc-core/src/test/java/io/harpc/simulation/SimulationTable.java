package io.harpc.simulation;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Every load balancer in every scenario.
 */
final class SimulationTable {

	static final long SEED = 20_261_120;

	static final List<String> LOAD_BALANCERS = List.of("p2c", "least-active", "round-robin", "random",
			"weighted-round-robin", "weighted-random", "consistent-hash", "primary-backup");

	private final Map<Scenario, Map<String, Statistics>> results = new EnumMap<>(Scenario.class);

	SimulationTable() {
		for (Scenario scenario : Scenario.values()) {
			Map<String, Statistics> row = new LinkedHashMap<>();
			LOAD_BALANCERS.forEach((name) -> row.put(name, new Simulation(name, scenario, SEED).run()));
			this.results.put(scenario, row);
		}
	}

	Statistics of(Scenario scenario, String loadBalancer) {
		return this.results.get(scenario).get(loadBalancer);
	}

	String toMarkdown() {
		StringBuilder text = new StringBuilder();
		this.results.forEach((scenario, row) -> {
			text.append("**").append(scenario.description()).append("** (").append(scenario.shape()).append(")\n\n");
			text.append("| | calls | share | p50 ms | p99 ms | failed | max / mean |\n|---|---|---|---|---|---|---|\n");
			row.forEach((name, result) -> text.append("| ").append(name).append(" | ").append(result).append(" |\n"));
			text.append('\n');
		});
		return text.toString();
	}

}
