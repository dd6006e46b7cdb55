package io.harpc.autoconfigure;

import io.harpc.server.RpcServer;
import io.harpc.server.ServerStartException;

import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Ties the server's life to that of the application: it listens last of all, registers
 * while the application accepts traffic, and is gone before anything that its handlers
 * may need. An application without a service opens no port.
 */
final class RpcServerLifecycle implements SmartLifecycle {

	private final RpcServer server;

	private final ServiceExporter exporter;

	private final OwnServices ownServices;

	private final ConfigurableApplicationContext context;

	private volatile boolean exported;

	private volatile boolean running;

	private volatile boolean accepting;

	RpcServerLifecycle(RpcServer server, ServiceExporter exporter, OwnServices ownServices,
			ConfigurableApplicationContext context) {
		this.server = server;
		this.exporter = exporter;
		this.ownServices = ownServices;
		this.context = context;
	}

	@Override
	public void start() {
		if (!this.exported) {
			this.exporter.exportAll(this.server);
			this.ownServices.offeredBy(this.server);
			this.exported = true;
		}
		this.server.setReady(this.accepting);
		if (!this.server.services().isEmpty()) {
			listen();
		}
		this.running = true;
		if (this.accepting) {
			this.server.register();
		}
	}

	private void listen() {
		try {
			this.server.start();
		}
		catch (ServerStartException ex) {
			throw new RpcStartupException("The RPC server " + ex.getMessage() + ".",
					"Stop what uses port " + ex.port() + ", or set ha-rpc.server.port to another one; 0 takes any that"
							+ " is free. If the port is free, ha-rpc.server.address may name an address that this"
							+ " machine does not have.",
					ex);
		}
		catch (IllegalStateException ex) {
			throw new RpcStartupException("The RPC server cannot start: " + ex.getMessage() + ".",
					"Say below ha-rpc.server.authentication how callers prove who they are, or let everybody call by a"
							+ " rule below ha-rpc.server.authorization or @PermitAll.",
					ex);
		}
	}

	@EventListener
	void onReadiness(AvailabilityChangeEvent<ReadinessState> event) {
		this.accepting = event.getState() == ReadinessState.ACCEPTING_TRAFFIC;
		this.server.setReady(this.accepting);
		if (this.accepting) {
			this.server.register();
		}
		else {
			this.server.deregister();
		}
	}

	/**
	 * Drains before anybody else hears that the context closes: from then on executors
	 * may take no more tasks, or pause in the same phase as this, and calls in progress
	 * may need them to finish.
	 */
	@EventListener
	@Order(Ordered.HIGHEST_PRECEDENCE)
	void onClose(ContextClosedEvent event) {
		if (event.getApplicationContext() == this.context) {
			if (this.accepting) {
				AvailabilityChangeEvent.publish(this.context, ReadinessState.REFUSING_TRAFFIC);
			}
			stop();
		}
	}

	@Override
	public void stop() {
		this.server.shutdown();
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/** Later than the web server's to start, and so before it to stop. */
	@Override
	public int getPhase() {
		return DEFAULT_PHASE;
	}

}
