package io.harpc.benchmarks.subject;

import java.util.Arrays;
import java.util.List;

/**
 * What there is to compare: the runner, which has none of them on its class path, knows
 * subjects by this list alone.
 */
public enum SubjectEntry {

	/** ha-rpc through its starter, in JSON. */
	HA_RPC_JSON("ha-rpc-json", "ha-rpc", "io.harpc.benchmarks.harpc.HaRpcSubject", "json"),

	/** ha-rpc through its starter, in Smile. */
	HA_RPC_SMILE("ha-rpc-smile", "ha-rpc", "io.harpc.benchmarks.harpc.HaRpcSubject", "smile"),

	/** ha-rpc through its starter, in JSON over mutual TLS 1.3. */
	HA_RPC_JSON_TLS("ha-rpc-json-tls", "ha-rpc", "io.harpc.benchmarks.harpc.HaRpcSubject", "json-tls"),

	/** Bytes there and back on a socket for each caller. */
	ECHO("echo", "jdk", "io.harpc.benchmarks.jdk.EchoSubject", ""),

	/** Java RMI. */
	RMI("rmi", "jdk", "io.harpc.benchmarks.jdk.RmiSubject", ""),

	/** gRPC with its default executor. */
	GRPC("grpc", "grpc", "io.harpc.benchmarks.grpc.GrpcSubject", "default"),

	/** gRPC with handlers and callbacks on the threads that do the input and output. */
	GRPC_DIRECT("grpc-direct", "grpc", "io.harpc.benchmarks.grpc.GrpcSubject", "direct"),

	/** Dubbo's own protocol. */
	DUBBO("dubbo", "dubbo", "io.harpc.benchmarks.dubbo.DubboSubject", "dubbo"),

	/** Dubbo's Triple, on HTTP/2. */
	DUBBO_TRIPLE("dubbo-triple", "dubbo", "io.harpc.benchmarks.dubbo.DubboSubject", "tri"),

	/** SOFARPC's Bolt. */
	SOFARPC("sofarpc", "sofarpc", "io.harpc.benchmarks.sofarpc.SofaRpcSubject", "", "--add-opens",
			"java.base/java.lang=ALL-UNNAMED", "--add-opens", "java.base/java.time=ALL-UNNAMED"),

	/** Motan's own protocol. */
	MOTAN("motan", "motan", "io.harpc.benchmarks.motan.MotanSubject", ""),

	/** Spring's HTTP interface client over Tomcat. */
	SPRING_HTTP("spring-http", "spring-http", "io.harpc.benchmarks.springhttp.SpringHttpSubject", "");

	private final String label;

	private final String module;

	private final String className;

	private final String variant;

	private final List<String> jvmArguments;

	SubjectEntry(String label, String module, String className, String variant, String... jvmArguments) {
		this.label = label;
		this.module = module;
		this.className = className;
		this.variant = variant;
		this.jvmArguments = List.of(jvmArguments);
	}

	/**
	 * Finds a subject.
	 * @param label its name in tables and on the command line
	 * @return the subject
	 */
	public static SubjectEntry of(String label) {
		return Arrays.stream(values())
			.filter((entry) -> entry.label.equals(label))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException("subject: " + label + " (expected: one of "
					+ Arrays.stream(values()).map(SubjectEntry::label).toList() + ")"));
	}

	/**
	 * Makes the subject, in a process that has its classes.
	 * @return the subject
	 * @throws ReflectiveOperationException if it is not on the class path
	 */
	public Subject create() throws ReflectiveOperationException {
		return (Subject) Class.forName(this.className).getConstructor(String.class).newInstance(this.variant);
	}

	/**
	 * The name in tables and on the command line.
	 * @return the name
	 */
	public String label() {
		return this.label;
	}

	/**
	 * The directory beneath {@code benchmarks} in which it is.
	 * @return the directory's name
	 */
	public String module() {
		return this.module;
	}

	/**
	 * What a virtual machine needs to run it.
	 * @return the arguments
	 */
	public List<String> jvmArguments() {
		return this.jvmArguments;
	}

	/**
	 * Whether it is something that one could use instead of ha-rpc.
	 * @return {@code true} for neither ha-rpc nor the bare echo
	 */
	public boolean isPeer() {
		return !isHaRpc() && this != ECHO;
	}

	/**
	 * Whether it is what is compared with all others.
	 * @return {@code true} for ha-rpc
	 */
	public boolean isHaRpc() {
		return this.module.equals("ha-rpc");
	}

}
