package io.harpc.server;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Finds the host by which other machines reach this one, where nobody has said it.
 */
final class AdvertisedHost {

	private AdvertisedHost() {
	}

	/**
	 * Returns the address bound to, unless that is all of them; then the first one of the
	 * interface with the lowest index that is up and no loopback, IPv4 before IPv6; then
	 * the loopback address.
	 * @param bound the address bound to, {@code null} for all
	 * @return the host
	 */
	static String find(@Nullable InetAddress bound) {
		InetAddress address = (bound == null || bound.isAnyLocalAddress()) ? choose(addresses()) : bound;
		String text = address.getHostAddress();
		int zone = text.indexOf('%');
		return (zone < 0) ? text : text.substring(0, zone);
	}

	static InetAddress choose(List<InetAddress> candidates) {
		return candidates.stream()
			.filter((address) -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
			.min(Comparator.comparing((InetAddress address) -> !(address instanceof Inet4Address)))
			.orElseGet(InetAddress::getLoopbackAddress);
	}

	private static List<InetAddress> addresses() {
		try {
			return NetworkInterface.networkInterfaces()
				.sorted(Comparator.comparingInt(NetworkInterface::getIndex))
				.flatMap((network) -> isUp(network) ? network.inetAddresses() : Stream.empty())
				.toList();
		}
		catch (SocketException ex) {
			return List.of();
		}
	}

	private static boolean isUp(NetworkInterface network) {
		try {
			return network.isUp();
		}
		catch (SocketException ex) {
			return false;
		}
	}

}
