package io.harpc.loadbalancer;

class WeightedRandomLoadBalancerTests extends ReportedWeightContractTests {

	@Override
	String name() {
		return "weighted-random";
	}

}
