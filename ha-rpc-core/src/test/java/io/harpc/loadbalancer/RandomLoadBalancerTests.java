package io.harpc.loadbalancer;

class RandomLoadBalancerTests extends LoadBalancerContractTests {

	@Override
	String name() {
		return "random";
	}

	@Override
	boolean weighs() {
		return false;
	}

}
