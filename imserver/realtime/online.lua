-- online(topics): for each topic 1 where a gateway that lives listens to it, else 0. A gateway is exactly as alive as its
-- subscription; what remains of a dead one goes.
-- KEYS: none (routes of unknown gateways). ARGV: prefix, then topics.
local prefix, alive = ARGV[1], {}
local function lives(gateway)
  if alive[gateway] == nil then
    alive[gateway] = redis.call('PUBSUB', 'NUMSUB', prefix .. ':gateway:' .. gateway)[2] > 0
  end
  return alive[gateway]
end
local found = {}
for i = 2, #ARGV do
  local route = prefix .. ':route:' .. ARGV[i]
  found[i - 1] = 0
  for _, gateway in ipairs(redis.call('SMEMBERS', route)) do
    if lives(gateway) then
      found[i - 1] = 1
    else
      redis.call('SREM', route, gateway)
    end
  end
end
return found
