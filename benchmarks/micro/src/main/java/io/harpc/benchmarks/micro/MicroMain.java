package io.harpc.benchmarks.micro;

import java.util.Map;

import io.harpc.loadbalancer.LoadBalancers;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs the benchmarks of this package with JMH's own options, counts the bytes that each
 * allocates, and asks every load balancer there is.
 */
public final class MicroMain {

	private MicroMain() {
	}

	/**
	 * Runs what the command line asks for, by default everything.
	 * @param args JMH's arguments
	 * @throws CommandLineOptionException if JMH does not know one of them
	 * @throws RunnerException if a benchmark fails
	 */
	public static void main(String[] args) throws CommandLineOptionException, RunnerException {
		CommandLineOptions asked = new CommandLineOptions(args);
		ChainedOptionsBuilder options = new OptionsBuilder().parent(asked).addProfiler(GCProfiler.class);
		if (!asked.getParameter("loadBalancer").hasValue()) {
			options.param("loadBalancer", new LoadBalancers(Map.of(), "").names().toArray(String[]::new));
		}
		new Runner(options.build()).run();
	}

}
