package io.harpc.demo.api;

import java.util.Optional;

import io.harpc.HashKey;
import io.harpc.Idempotent;

/**
 * Takes orders and knows those it took. Looking is idempotent; placing is not, since an
 * order placed twice is two orders: a call that is lost on its way back is reported and
 * not tried again.
 */
public interface OrderService {

	/**
	 * Places an order.
	 * @param customer who orders
	 * @param order what is wanted
	 * @return the order as it was taken
	 * @throws OutOfStockException if there is not enough of an item; nothing was taken
	 * then
	 */
	Order place(@HashKey String customer, NewOrder order) throws OutOfStockException;

	/**
	 * Finds an order.
	 * @param id the order's number
	 * @return the order, empty if there is none of that number
	 */
	@Idempotent
	Optional<Order> find(long id);

	/**
	 * Lists orders, the newest first.
	 * @param page the page's number, the first is 0
	 * @param size how many orders a page has, from 1 to 100
	 * @return the page, without orders if it lies behind the last one
	 */
	@Idempotent
	OrderPage page(int page, int size);

}
