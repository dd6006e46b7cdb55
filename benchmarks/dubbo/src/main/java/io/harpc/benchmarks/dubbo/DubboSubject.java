package io.harpc.benchmarks.dubbo;

import java.util.List;
import java.util.stream.Collectors;

import io.harpc.benchmarks.api.UserService;
import io.harpc.benchmarks.api.UserServiceBean;
import io.harpc.benchmarks.subject.FreePort;
import io.harpc.benchmarks.subject.RunningClient;
import io.harpc.benchmarks.subject.RunningServer;
import io.harpc.benchmarks.subject.Subject;
import io.harpc.benchmarks.subject.UserCalls;
import org.apache.dubbo.config.ApplicationConfig;
import org.apache.dubbo.config.ProtocolConfig;
import org.apache.dubbo.config.ReferenceConfig;
import org.apache.dubbo.config.RegistryConfig;
import org.apache.dubbo.config.ServiceConfig;
import org.apache.dubbo.config.bootstrap.DubboBootstrap;

/**
 * Dubbo without Spring and without a registry, called directly, in Hessian. The thread
 * pool is the cached one: the default, of 200 threads and no queue, refuses calls when
 * more than 200 come at once. The timeout is that of ha-rpc.
 */
public final class DubboSubject implements Subject {

	private static final String HESSIAN = "hessian2";

	private static final int TIMEOUT_MILLIS = 3000;

	private final String protocol;

	/**
	 * Creates the subject.
	 * @param protocol {@code dubbo} or {@code tri}
	 */
	public DubboSubject(String protocol) {
		this.protocol = protocol;
	}

	@Override
	public RunningServer serve() throws Exception {
		int port = FreePort.find();
		ProtocolConfig listening = new ProtocolConfig(this.protocol, port);
		listening.setHost("127.0.0.1");
		listening.setSerialization(HESSIAN);
		listening.setPreferSerialization(HESSIAN);
		listening.setThreadpool("cached");
		ServiceConfig<UserService> service = new ServiceConfig<>();
		service.setInterface(UserService.class);
		service.setRef(new UserServiceBean());
		bootstrap().protocol(listening).service(service).start();
		return new RunningServer(port);
	}

	@Override
	public RunningClient connect(int port) {
		return connectToAll(List.of(port));
	}

	/** By default it tries a call that fails twice again, on another server. */
	@Override
	public RunningClient connectToAll(List<Integer> ports) {
		return connect(ports, 0);
	}

	private RunningClient connect(List<Integer> ports, int connections) {
		ReferenceConfig<UserService> reference = new ReferenceConfig<>();
		reference.setInterface(UserService.class);
		reference.setUrl(ports.stream().map(this::url).collect(Collectors.joining(";")));
		reference.setTimeout(TIMEOUT_MILLIS);
		if (connections > 0) {
			reference.setConnections(connections);
		}
		DubboBootstrap bootstrap = bootstrap().reference(reference).start();
		return RunningClient.shared(UserCalls.of(reference.get()), bootstrap::stop);
	}

	private String url(int port) {
		return this.protocol + "://127.0.0.1:" + port + "?serialization=" + HESSIAN + "&prefer.serialization="
				+ HESSIAN;
	}

	private static DubboBootstrap bootstrap() {
		ApplicationConfig application = new ApplicationConfig("benchmark");
		application.setQosEnable(false);
		return DubboBootstrap.newInstance()
			.application(application)
			.registry(new RegistryConfig(RegistryConfig.NO_AVAILABLE));
	}

	@Override
	public AutoCloseable openIdleConnections(int port, int count) {
		if (this.protocol.equals("tri")) {
			throw new UnsupportedOperationException("Triple makes one connection to an address");
		}
		return connect(List.of(port), count);
	}

}
