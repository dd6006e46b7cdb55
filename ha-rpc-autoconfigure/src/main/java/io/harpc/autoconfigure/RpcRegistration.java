package io.harpc.autoconfigure;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;

import io.harpc.registry.Instance;

import org.springframework.cloud.client.serviceregistry.Registration;

/**
 * An instance as Spring Cloud sees it. The service id is the RPC service's own, never the
 * application's name: a load-balanced HTTP client must not come upon an RPC port.
 *
 * @param instance the instance
 */
record RpcRegistration(Instance instance) implements Registration {

	private static final String PROTOCOL = "ha-rpc";

	@Override
	public String getInstanceId() {
		return this.instance.id();
	}

	@Override
	public String getServiceId() {
		return this.instance.service().toString();
	}

	@Override
	public String getHost() {
		return this.instance.address().host();
	}

	@Override
	public int getPort() {
		return this.instance.address().port();
	}

	@Override
	public boolean isSecure() {
		return Boolean.TRUE.equals(this.instance.tls());
	}

	@Override
	public String getScheme() {
		return "rpc";
	}

	@Override
	public URI getUri() {
		return URI.create("rpc://" + this.instance.address());
	}

	@Override
	public Map<String, String> getMetadata() {
		Map<String, String> metadata = new LinkedHashMap<>(this.instance.metadata());
		metadata.put("protocol", PROTOCOL);
		metadata.put("ha-rpc.weight", String.valueOf(this.instance.weight()));
		metadata.put("ha-rpc.zone", this.instance.zone());
		metadata.put("ha-rpc.priority", String.valueOf(this.instance.priority()));
		metadata.put("ha-rpc.serialization", this.instance.serialization());
		if (this.instance.tls() != null) {
			metadata.put("ha-rpc.tls", String.valueOf(this.instance.tls()));
		}
		return Map.copyOf(metadata);
	}

}
