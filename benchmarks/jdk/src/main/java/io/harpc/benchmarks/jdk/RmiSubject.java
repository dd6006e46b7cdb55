package io.harpc.benchmarks.jdk;

import java.net.InetAddress;
import java.rmi.registry.LocateRegistry;
import java.rmi.registry.Registry;
import java.rmi.server.UnicastRemoteObject;

import io.harpc.benchmarks.api.UserServiceBean;
import io.harpc.benchmarks.subject.ConcurrentCalls;
import io.harpc.benchmarks.subject.FreePort;
import io.harpc.benchmarks.subject.RunningClient;
import io.harpc.benchmarks.subject.RunningServer;
import io.harpc.benchmarks.subject.Subject;
import org.jspecify.annotations.Nullable;

/**
 * Java RMI with its defaults, on the loopback address. It opens a connection for each
 * call under way and keeps it for 15 seconds.
 */
public final class RmiSubject implements Subject {

	private static final String NAME = "users";

	/** Neither may be collected while the process runs. */
	private @Nullable RemoteUserService exported;

	private @Nullable Registry registry;

	/**
	 * Creates the subject.
	 * @param variant there is but one
	 */
	public RmiSubject(String variant) {
		System.setProperty("java.rmi.server.hostname", InetAddress.getLoopbackAddress().getHostAddress());
	}

	@Override
	public RunningServer serve() throws Exception {
		int port = FreePort.find();
		this.registry = LocateRegistry.createRegistry(port);
		this.exported = new RemoteUserService.Adapter(new UserServiceBean());
		this.registry.rebind(NAME, UnicastRemoteObject.exportObject(this.exported, port));
		return new RunningServer(port);
	}

	@Override
	public RunningClient connect(int port) throws Exception {
		String host = InetAddress.getLoopbackAddress().getHostAddress();
		RemoteUserService stub = (RemoteUserService) LocateRegistry.getRegistry(host, port).lookup(NAME);
		return RunningClient.shared(new RmiCalls(stub), () -> {
		});
	}

	@Override
	public AutoCloseable openIdleConnections(int port, int count) throws Exception {
		return ConcurrentCalls.open(connect(port), count);
	}

}
