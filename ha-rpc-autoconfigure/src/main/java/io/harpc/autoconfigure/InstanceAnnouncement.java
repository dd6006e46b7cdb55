package io.harpc.autoconfigure;

import io.harpc.server.RpcServer;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.cloud.client.discovery.event.InstanceRegisteredEvent;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistration;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ApplicationListener;

/**
 * Tells Spring Cloud once that this process is registered, which its discovery clients
 * wait for; not where another registration of the application does so, because some begin
 * to watch anew with each such event.
 */
final class InstanceAnnouncement implements ApplicationListener<ApplicationReadyEvent> {

	private final ObjectProvider<RpcServer> server;

	private final ObjectProvider<AutoServiceRegistration> others;

	private final ApplicationEventPublisher events;

	InstanceAnnouncement(ObjectProvider<RpcServer> server, ObjectProvider<AutoServiceRegistration> others,
			ApplicationEventPublisher events) {
		this.server = server;
		this.others = others;
		this.events = events;
	}

	@Override
	public void onApplicationEvent(ApplicationReadyEvent event) {
		RpcServer running = this.server.getIfAvailable();
		if (running != null && running.isRunning() && this.others.stream().findAny().isEmpty()) {
			this.events.publishEvent(new InstanceRegisteredEvent<>(this, running.services()));
		}
	}

}
