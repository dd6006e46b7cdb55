package io.harpc.benchmarks.grpc;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.harpc.benchmarks.grpc.generated.UsersGrpc;
import io.harpc.benchmarks.subject.RunningClient;
import io.harpc.benchmarks.subject.RunningServer;
import io.harpc.benchmarks.subject.Subject;

/**
 * gRPC on its shaded Netty with one channel, as its documentation wants it, and blocking
 * stubs.
 */
public final class GrpcSubject implements Subject {

	private final boolean direct;

	/**
	 * Creates the subject.
	 * @param executor {@code direct} for no executor on either side, or {@code default}
	 */
	public GrpcSubject(String executor) {
		this.direct = executor.equals("direct");
	}

	@Override
	public RunningServer serve() throws IOException {
		NettyServerBuilder builder = NettyServerBuilder
			.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
			.addService(new GrpcUsers());
		if (this.direct) {
			builder.directExecutor();
		}
		Server server = builder.build().start();
		return new RunningServer(server.getPort());
	}

	@Override
	public RunningClient connect(int port) {
		ManagedChannel channel = channel(port);
		return RunningClient.shared(new GrpcCalls(UsersGrpc.newBlockingStub(channel)), channel::shutdownNow);
	}

	@Override
	public RunningClient connectToAll(List<Integer> ports) {
		ManagedChannel channel = NettyChannelBuilder.forTarget(SeveralServers.SCHEME + ":///")
			.nameResolverFactory(new SeveralServers(ports))
			.defaultLoadBalancingPolicy("round_robin")
			.defaultServiceConfig(SeveralServers.RETRY)
			.enableRetry()
			.usePlaintext()
			.build();
		return RunningClient.shared(new GrpcCalls(UsersGrpc.newBlockingStub(channel)), channel::shutdownNow);
	}

	private ManagedChannel channel(int port) {
		NettyChannelBuilder builder = NettyChannelBuilder
			.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
			.usePlaintext();
		if (this.direct) {
			builder.directExecutor();
		}
		return builder.build();
	}

	@Override
	public AutoCloseable openIdleConnections(int port, int count) {
		List<ManagedChannel> channels = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			ManagedChannel channel = channel(port);
			new GrpcCalls(UsersGrpc.newBlockingStub(channel)).existUser("doug.lea@example.com");
			channels.add(channel);
		}
		return () -> channels.forEach(ManagedChannel::shutdownNow);
	}

}
