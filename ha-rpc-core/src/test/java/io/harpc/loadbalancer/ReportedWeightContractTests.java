package io.harpc.loadbalancer;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What holds for every load balancer that goes by what instances report.
 */
abstract class ReportedWeightContractTests extends LoadBalancerContractTests {

	@Override
	boolean weighs() {
		return true;
	}

	@Test
	void givesCallsByWhatIsReportedAndTheMeanToWhoReportsNothing() {
		FakeChoice choice = choice(3);
		choice.get(0).reportedWeight = 300;
		choice.get(1).reportedWeight = 100;
		int[] counts = choice.count(this.loadBalancer, 30_000);
		assertThat(counts[0]).as("seed " + SEED).isBetween(14_500, 15_500);
		assertThat(counts[1]).as("seed " + SEED).isBetween(4_500, 5_500);
		assertThat(counts[2]).as("seed " + SEED).isBetween(9_500, 10_500);
	}

	@Test
	void neitherGivesEverythingNorNothingForAnAbsurdReport() {
		FakeChoice choice = choice(20);
		choice.each((candidate) -> candidate.reportedWeight = 100);
		choice.get(0).reportedWeight = 1e9;
		choice.get(1).reportedWeight = 1e-9;
		int[] counts = choice.count(this.loadBalancer, 100_000);
		assertThat(counts[0]).as("seed " + SEED).isLessThan(85_000);
		assertThat(counts[1]).as("seed " + SEED).isGreaterThan(400);
	}

}
