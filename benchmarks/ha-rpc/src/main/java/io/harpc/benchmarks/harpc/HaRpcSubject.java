package io.harpc.benchmarks.harpc;

import java.util.List;
import java.util.stream.Collectors;

import io.harpc.Address;
import io.harpc.benchmarks.api.UserService;
import io.harpc.benchmarks.subject.RunningClient;
import io.harpc.benchmarks.subject.RunningServer;
import io.harpc.benchmarks.subject.Subject;
import io.harpc.benchmarks.subject.UserCalls;
import io.harpc.server.RpcServer;
import io.harpc.transport.Channel;
import io.harpc.transport.ChannelListener;
import io.harpc.transport.TransportClient;
import io.harpc.transport.TransportClientSettings;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Two Boot applications with the starter and the actuator. Apart from the port and the
 * place of the server, which a registry in memory cannot carry from one process to
 * another, everything is as it is by default; the methods that read are declared
 * idempotent, as one would.
 */
public final class HaRpcSubject implements Subject {

	private static final String LOOPBACK = "127.0.0.1";

	private final String serialization;

	private final boolean tls;

	/**
	 * Creates the subject.
	 * @param variant json or smile, with -tls after it or without
	 */
	public HaRpcSubject(String variant) {
		this.serialization = variant.replace("-tls", "");
		this.tls = variant.endsWith("-tls");
	}

	@Override
	public RunningServer serve() {
		ConfigurableApplicationContext context = application(ServerApplication.class)
			.properties("ha-rpc.server.address=" + LOOPBACK, "ha-rpc.server.port=0",
					"ha-rpc.server.serialization=" + this.serialization)
			.properties(this.tls
					? BenchmarkBundle.properties("ha-rpc.server.ssl.bundle", "ha-rpc.server.ssl.client-auth=need")
					: new String[0])
			.run();
		Address address = context.getBean(RpcServer.class).address();
		if (address == null) {
			throw new IllegalStateException("server: not running (expected: running)");
		}
		return new RunningServer(address.port());
	}

	@Override
	public RunningClient connect(int port) {
		return connectToAll(List.of(port));
	}

	@Override
	public RunningClient connectToAll(List<Integer> ports) {
		String addresses = ports.stream().map((port) -> LOOPBACK + ":" + port).collect(Collectors.joining(","));
		ConfigurableApplicationContext context = application(ClientApplication.class)
			.properties("ha-rpc.registry.static.user-service=" + addresses,
					"ha-rpc.client.references.user-service.idempotent=exist*,get*,list*,echo")
			.properties(this.tls
					? BenchmarkBundle.properties("ha-rpc.client.ssl.bundle", "ha-rpc.client.connect-timeout=10s")
					: new String[0])
			.run();
		UserService users = context.getBean(ClientApplication.class).users();
		return RunningClient.shared(UserCalls.of(users), context);
	}

	private static SpringApplicationBuilder application(Class<?> type) {
		return new SpringApplicationBuilder(type).web(WebApplicationType.NONE)
			.properties("spring.main.banner-mode=off", "logging.level.root=warn", "ha-rpc.registry.type=static");
	}

	/**
	 * More than the 64 that a client may have to one server, so from the transport
	 * itself.
	 */
	@Override
	public AutoCloseable openIdleConnections(int port, int count) throws InterruptedException {
		TransportClient client = new TransportClient(TransportClientSettings.defaults().withConnections(1), (task) -> {
			Thread thread = new Thread(task, "idle");
			thread.setDaemon(true);
			return thread;
		});
		for (int i = 0; i < count; i++) {
			Channel channel = client.channel(new Address(LOOPBACK, port), ChannelListener.NONE);
			channel.connect();
			while (!channel.isConnected()) {
				Thread.sleep(1);
			}
		}
		return client;
	}

}
