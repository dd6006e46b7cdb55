package io.harpc.autoconfigure.actuate;

import java.util.LinkedHashMap;
import java.util.Map;

import io.harpc.Identity;
import io.harpc.autoconfigure.RpcCallDeniedEvent;
import io.harpc.server.DeniedCall;

import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.context.event.EventListener;

/**
 * Makes refused calls audit events of type {@code RPC_CALL_DENIED}.
 */
final class DeniedCallAudit {

	private static final String TYPE = "RPC_CALL_DENIED";

	private static final String NOBODY = "anonymous";

	@EventListener
	AuditApplicationEvent audit(RpcCallDeniedEvent event) {
		DeniedCall call = event.call();
		Identity identity = call.identity();
		Identity onBehalfOf = call.onBehalfOf();
		Map<String, Object> data = new LinkedHashMap<>();
		data.put("service", call.service().toString());
		data.put("method", call.method());
		data.put("peer", call.peer());
		data.put("reason", call.reason());
		if (onBehalfOf != null) {
			data.put("onBehalfOf", onBehalfOf.name());
		}
		if (event.skipped() > 0) {
			data.put("skipped", event.skipped());
		}
		return new AuditApplicationEvent((identity != null) ? identity.name() : NOBODY, TYPE, data);
	}

}
