package io.harpc.simulation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.harpc.client.SimulatedClient;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What load balancers do for their callers when something happens to an instance.
 */
@Tag("simulation")
class LoadBalancerSimulationTests {

	private static final Path PAGE = Path.of("../docs/load-balancing.md");

	private static final String BEGIN = "<!-- what follows is made by LoadBalancerSimulationTests -->\n\n";

	private static final String COMMAND = "mvn -pl ha-rpc-core test -Dtest=LoadBalancerSimulationTests -Dupdate.docs=true";

	private static SimulationTable table;

	/** Instances are ejected hundreds of times, which is worth a warning elsewhere. */
	@BeforeAll
	static void simulate() {
		Logger logger = (Logger) LoggerFactory.getLogger(SimulatedClient.class.getPackageName());
		Level level = logger.getLevel();
		logger.setLevel(Level.ERROR);
		table = new SimulationTable();
		logger.setLevel(level);
	}

	@ParameterizedTest
	@EnumSource(names = { "SLOW", "SLOWER" })
	void p2cKeepsOneSlowInstanceFromItsCallers(Scenario scenario) {
		Statistics p2c = table.of(scenario, "p2c");
		assertThat(p2c.millis(99)).isLessThanOrEqualTo(table.of(scenario, "round-robin").millis(99) / 3);
		assertThat(p2c.failedPercent()).isLessThanOrEqualTo(table.of(scenario, "round-robin").failedPercent() / 50);
	}

	@ParameterizedTest
	@EnumSource(names = { "SLOW", "LOSES", "THROWS", "HANGS" })
	void theAdaptiveOnesGiveABadInstanceLessThanItsShare(Scenario scenario) {
		for (String name : new String[] { "p2c", "least-active", "primary-backup" }) {
			assertThat(table.of(scenario, name).oddShare()).as(name).isLessThan(0.3);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "SLOW", "THROWS" })
	void weightsFromReportsTakeCallsFromAnInstanceThatSaysItIsBad(Scenario scenario) {
		for (String name : new String[] { "weighted-round-robin", "weighted-random" }) {
			assertThat(table.of(scenario, name).oddShare()).as(name).isLessThan(0.3);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "GUARDED_LOSES", "GUARDED_HANGS" })
	void ejectionCutsABadInstanceOffWhateverTheLoadBalancer(Scenario scenario) {
		for (String name : SimulationTable.LOAD_BALANCERS) {
			assertThat(table.of(scenario, name).failedPercent()).as(name).isLessThan(2.5);
		}
	}

	@Test
	void nobodyFloodsAnInstanceThatHasJustJoinedIfWeightsCount() {
		for (String name : SimulationTable.LOAD_BALANCERS) {
			if (!name.equals("round-robin") && !name.equals("random")) {
				assertThat(table.of(Scenario.COLD, name).oddShare()).as(name).isBetween(0.05, 0.4);
			}
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "PAUSE", "IDLE_PAUSE" })
	void aShortPauseDoesNotStarveAnInstanceOfP2c(Scenario scenario) {
		assertThat(table.of(scenario, "p2c").oddShare()).isBetween(0.75, 1.25);
	}

	@Test
	void boundedLoadHoldsUnderUnevenKeys() {
		assertThat(table.of(Scenario.EQUAL, "consistent-hash").maxToMean()).isLessThanOrEqualTo(1.25);
		assertThat(table.of(Scenario.BURST, "consistent-hash").maxToMean()).isLessThanOrEqualTo(1.25);
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "p2c", "least-active", "round-robin", "random", "weighted-round-robin", "weighted-random" })
	void equalsGetEqualShares(String name) {
		assertThat(table.of(Scenario.EQUAL, name).maxToMean()).isLessThan(1.2);
	}

	@Test
	void backupsGetNothingWhileThePrimariesAreWell() {
		assertThat(table.of(Scenario.EQUAL, "primary-backup").maxToMean()).isGreaterThanOrEqualTo(1.25);
		assertThat(table.of(Scenario.EQUAL, "primary-backup").oddShare()).isBetween(1.1, 1.4);
	}

	@Test
	void p2cFindsTheSlowOnesAmongAThousandThoughEachClientKnowsLittle() {
		assertThat(table.of(Scenario.MANY, "p2c").oddShare()).isLessThan(0.7);
		assertThat(table.of(Scenario.MANY, "p2c").millis(99))
			.isLessThan(table.of(Scenario.MANY, "random").millis(99) / 2);
	}

	/** Elsewhere exponentials may differ in the last bit, and so may what follows. */
	@Test
	@EnabledOnOs(architectures = { "amd64", "x86_64" })
	void thePageShowsTheseResults() throws IOException {
		String page = Files.readString(PAGE);
		String written = page.substring(0, page.indexOf(BEGIN) + BEGIN.length()) + table.toMarkdown().stripTrailing()
				+ "\n";
		if (Boolean.getBoolean("update.docs")) {
			Files.writeString(PAGE, written);
		}
		assertThat(PAGE).as("The tables of docs/load-balancing.md are made by this test. To make them anew: " + COMMAND)
			.hasContent(written);
	}

}
