package io.harpc.autoconfigure.actuate;

import java.time.Duration;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

import io.harpc.Address;
import io.harpc.client.RpcClient;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.lang.Nullable;

/**
 * {@link Endpoint @Endpoint} by which an operator has this process's calls pass an
 * instance by, and ends that. There is no access to it unless
 * {@code management.endpoint.rpcejections.access} gives it. Parameters are texts, because
 * what Spring Boot cannot convert itself it refuses without a reason.
 */
@WebEndpoint(id = "rpcejections", defaultAccess = Access.NONE)
public final class RpcEjectionsEndpoint {

	private static final Duration DEFAULT_DURATION = Duration.ofMinutes(5);

	/** How many instances a message names. */
	private static final int MAX_NAMED = 20;

	private final RpcClient client;

	RpcEjectionsEndpoint(RpcClient client) {
		this.client = client;
	}

	/**
	 * Ejects an instance for all services that it offers to this process.
	 * @param instance where it listens, as {@code host:port}
	 * @param duration for how long; five minutes where it is left out
	 * @return {@link Changed}, or the reason why nothing was
	 */
	@WriteOperation
	public WebEndpointResponse<?> eject(@Selector String instance, @Nullable String duration) {
		return change(instance, (address) -> this.client.eject(address, parse(duration)));
	}

	/**
	 * Ends the ejection of an instance, by hand or not.
	 * @param instance where it listens, as {@code host:port}
	 * @return {@link Changed}, or the reason why nothing was
	 */
	@DeleteOperation
	public WebEndpointResponse<?> readmit(@Selector String instance) {
		return change(instance, this.client::readmit);
	}

	private WebEndpointResponse<?> change(String instance, ToIntFunction<Address> change) {
		try {
			int services = change.applyAsInt(Address.parse(instance));
			return (services > 0) ? new WebEndpointResponse<>(new Changed(instance, services))
					: refused("instance: " + instance + " (expected: " + known() + ")");
		}
		catch (IllegalArgumentException ex) {
			return refused(String.valueOf(ex.getMessage()));
		}
	}

	private String known() {
		String addresses = this.client.references()
			.stream()
			.flatMap((reference) -> reference.instances().stream())
			.map((status) -> status.instance().address().toString())
			.distinct()
			.sorted()
			.limit(MAX_NAMED)
			.collect(Collectors.joining(", "));
		return addresses.isEmpty() ? "one that /actuator/rpc shows; now it shows none"
				: "one that /actuator/rpc shows, such as " + addresses;
	}

	private static Duration parse(@Nullable String duration) {
		try {
			return (duration != null) ? DurationStyle.detectAndParse(duration) : DEFAULT_DURATION;
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException(
					"duration: '" + duration + "' (expected: a time such as 30s, 10m or PT10M)", ex);
		}
	}

	private static WebEndpointResponse<Map<String, String>> refused(String reason) {
		return new WebEndpointResponse<>(Map.of("error", reason), WebEndpointResponse.STATUS_BAD_REQUEST);
	}

	/**
	 * What was changed.
	 *
	 * @param instance where the instance listens
	 * @param services of how many services of this process it is one
	 */
	public record Changed(String instance, int services) {

	}

}
