package io.harpc.benchmarks.sofarpc;

import com.alipay.remoting.exception.RemotingException;
import com.alipay.remoting.rpc.RpcClient;
import com.alipay.sofa.rpc.config.ConsumerConfig;
import com.alipay.sofa.rpc.config.ProviderConfig;
import com.alipay.sofa.rpc.config.ServerConfig;
import io.harpc.benchmarks.api.UserService;
import io.harpc.benchmarks.api.UserServiceBean;
import io.harpc.benchmarks.subject.FreePort;
import io.harpc.benchmarks.subject.RunningClient;
import io.harpc.benchmarks.subject.RunningServer;
import io.harpc.benchmarks.subject.Subject;
import io.harpc.benchmarks.subject.UserCalls;

/**
 * SOFARPC with Bolt and Hessian, called directly, with its defaults but for room for as
 * many calls, and as many of their bytes, as there are at once. The timeout is that of
 * ha-rpc.
 */
public final class SofaRpcSubject implements Subject {

	private static final int TIMEOUT_MILLIS = 3000;

	/** The default of no queue refuses calls when more than 200 come at once. */
	private static final int QUEUE = 1024;

	/**
	 * With the default of 64 KiB, calls of a megabyte are refused when several come at
	 * once.
	 */
	private static final int WRITE_BUFFER = 32 * 1024 * 1024;

	/**
	 * Creates the subject.
	 * @param variant there is but one
	 */
	public SofaRpcSubject(String variant) {
		System.setProperty("bolt.netty.buffer.low.watermark", Integer.toString(WRITE_BUFFER / 2));
		System.setProperty("bolt.netty.buffer.high.watermark", Integer.toString(WRITE_BUFFER));
	}

	@Override
	public RunningServer serve() throws Exception {
		int port = FreePort.find();
		ServerConfig listening = new ServerConfig().setProtocol("bolt")
			.setHost("127.0.0.1")
			.setPort(port)
			.setQueues(QUEUE)
			.setDaemon(false);
		new ProviderConfig<UserService>().setInterfaceId(UserService.class.getName())
			.setRef(new UserServiceBean())
			.setServer(listening)
			.setRegister(false)
			.export();
		return new RunningServer(port);
	}

	@Override
	public RunningClient connect(int port) {
		ConsumerConfig<UserService> reference = new ConsumerConfig<UserService>()
			.setInterfaceId(UserService.class.getName())
			.setProtocol("bolt")
			.setDirectUrl("bolt://127.0.0.1:" + port)
			.setTimeout(TIMEOUT_MILLIS)
			.setRegister(false);
		return RunningClient.shared(UserCalls.of(reference.refer()), reference::unRefer);
	}

	/** From the transport itself: references to one address share a connection. */
	@Override
	public AutoCloseable openIdleConnections(int port, int count) throws RemotingException {
		RpcClient client = new RpcClient();
		client.startup();
		for (int i = 0; i < count; i++) {
			client.createStandaloneConnection("127.0.0.1:" + port, TIMEOUT_MILLIS);
		}
		return client::shutdown;
	}

}
