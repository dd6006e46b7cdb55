package io.harpc.benchmarks.around;

import java.lang.management.ManagementFactory;

import com.sun.management.OperatingSystemMXBean;

/** What this process has taken of the processors. */
final class Cpu {

	private Cpu() {
	}

	static long nanos() {
		return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
	}

}
