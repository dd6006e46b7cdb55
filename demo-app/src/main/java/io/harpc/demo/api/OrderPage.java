package io.harpc.demo.api;

import java.util.List;

/**
 * Some of the orders, the newest first.
 *
 * @param orders the orders of this page
 * @param page the page's number, the first is 0
 * @param size how many orders a page has
 * @param total how many orders there are in all
 * @param servedBy the instance that answered, {@code host:port}
 */
public record OrderPage(List<Order> orders, int page, int size, long total, String servedBy) {

	public OrderPage {
		orders = List.copyOf(orders);
	}

}
