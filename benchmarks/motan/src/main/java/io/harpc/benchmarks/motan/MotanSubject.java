package io.harpc.benchmarks.motan;

import com.weibo.api.motan.common.MotanConstants;
import com.weibo.api.motan.config.ProtocolConfig;
import com.weibo.api.motan.config.RefererConfig;
import com.weibo.api.motan.config.RegistryConfig;
import com.weibo.api.motan.config.ServiceConfig;
import com.weibo.api.motan.util.MotanSwitcherUtil;
import io.harpc.benchmarks.api.UserService;
import io.harpc.benchmarks.api.UserServiceBean;
import io.harpc.benchmarks.subject.FreePort;
import io.harpc.benchmarks.subject.RunningClient;
import io.harpc.benchmarks.subject.RunningServer;
import io.harpc.benchmarks.subject.Subject;
import io.harpc.benchmarks.subject.UserCalls;

/**
 * Motan on Netty 4, called directly, with its defaults but for room for as many calls at
 * once as there are callers, and for Fastjson: the Hessian that is its default cannot
 * carry {@code java.time}. The timeout is that of ha-rpc.
 */
public final class MotanSubject implements Subject {

	private static final int TIMEOUT_MILLIS = 3000;

	/** The default of no queue refuses calls when more than 200 come at once. */
	private static final int QUEUE = 1024;

	private static final String NAME = "motan";

	/**
	 * Creates the subject.
	 * @param variant there is but one
	 */
	public MotanSubject(String variant) {
	}

	@Override
	public RunningServer serve() throws Exception {
		int port = FreePort.find();
		ProtocolConfig protocol = protocol();
		protocol.setWorkerQueueSize(QUEUE);
		ServiceConfig<UserService> service = new ServiceConfig<>();
		service.setInterface(UserService.class);
		service.setRef(new UserServiceBean());
		service.setHost("127.0.0.1");
		service.setRegistry(registry());
		service.setProtocol(protocol);
		service.setExport(NAME + ":" + port);
		service.export();
		MotanSwitcherUtil.setSwitcherValue(MotanConstants.REGISTRY_HEARTBEAT_SWITCHER, true);
		return new RunningServer(port);
	}

	@Override
	public RunningClient connect(int port) {
		return connect(port, protocol());
	}

	private static RunningClient connect(int port, ProtocolConfig protocol) {
		RefererConfig<UserService> reference = new RefererConfig<>();
		reference.setInterface(UserService.class);
		reference.setDirectUrl("127.0.0.1:" + port);
		reference.setRegistry(registry());
		reference.setProtocol(protocol);
		reference.setRequestTimeout(TIMEOUT_MILLIS);
		return RunningClient.shared(UserCalls.of(reference.getRef()), reference::destroy);
	}

	private static ProtocolConfig protocol() {
		ProtocolConfig protocol = new ProtocolConfig();
		protocol.setId(NAME);
		protocol.setName(NAME);
		protocol.setSerialization("fastjson");
		return protocol;
	}

	/** Nowhere: the client is told the address. */
	private static RegistryConfig registry() {
		RegistryConfig registry = new RegistryConfig();
		registry.setRegProtocol("local");
		return registry;
	}

	@Override
	public AutoCloseable openIdleConnections(int port, int count) {
		ProtocolConfig protocol = protocol();
		protocol.setMinClientConnection(count);
		protocol.setMaxClientConnection(count);
		return connect(port, protocol);
	}

}
